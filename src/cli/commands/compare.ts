import { compareRuns } from "../../engine/compare-runs/compare-runs.ts";
import { findRun } from "../../engine/compare-runs/find-run.ts";
import { renderRunComparison } from "../../reporting/compare-runs.ts";
import { styleOf } from "../terminal.ts";

export interface CompareFlags {
  readonly runs: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `compare RUN RUN`: what differs between two runs, and where they first decided otherwise. */
export function compareCommand(a: string, b: string, { runs, all = false, json }: CompareFlags): void {
  const comparison = compareRuns(findRun(a, runs), findRun(b, runs));
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ schema_version: 1, ...comparison })}\n`
      : renderRunComparison(comparison, styleOf(process.stdout, process.env), { all }),
  );
}
