import { join } from "node:path";

type Reporters = (string | [string, { outputFile: string }])[];

/** The usual reporter, and in CI a JSON report that is counted. */
export function reporters(suite: string): Reporters {
  const folder = process.env.MCBOT_TEST_REPORT;
  return folder === undefined ? ["default"] : ["default", ["json", { outputFile: join(folder, `${suite}.json`) }]];
}
