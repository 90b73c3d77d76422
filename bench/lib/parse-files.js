// node parse-files.js FILE…: reads CSV files into columns as an import does, checks included, and does nothing else.

import { unpackFile } from "../../dist/market/archive.js";
import { parseCsv } from "../../dist/market/csv-parse.js";
import { IssueList } from "../../dist/market/data-error.js";
import { ParseRoom } from "../../dist/market/parse-room.js";

const room = new ParseRoom();
const issues = new IssueList();
for (const file of process.argv.slice(2)) {
  const [{ bytes }] = unpackFile(file, issues, room);
  const options = { file, timeframeMs: 60_000, endMs: Number.POSITIVE_INFINITY, year: null, layout: "vendor", room };
  issues.addAll(parseCsv(bytes, options).issues);
}
issues.throwIfAny();
