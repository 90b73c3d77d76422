// Prints "passed failed" of a vitest JSON report. Skipped and unwritten tests count as failed; no test at all is an error.
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = report;
if (numPassedTests + numFailedTests === 0) {
  console.log("no test ran");
  process.exit(1);
}
console.log(`${numPassedTests} ${numFailedTests + numPendingTests + numTodoTests}`);
