import type { Config } from "../../config/schema.ts";
import { explainAllocation } from "../../engine/explain-allocation.ts";
import { readRun } from "../../engine/run-folder.ts";
import { renderAllocation } from "../../reporting/explain-allocation.ts";
import { styleOf } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

export interface ExplainFlags {
  readonly at?: string;
  readonly run: string;
  readonly json?: boolean;
}

/** `explain allocation [--at DATE]`: the last run of the allocator at or before a date. */
export function explainAllocationCommand({ at, run, json }: ExplainFlags): void {
  const { manifest, result, resolvedConfig } = readRun(run);
  const { orchestrator } = resolvedConfig() as Config;
  const explained = explainAllocation(result, orchestrator, at);
  if (!explained.ok) throw new UsageError(explained.message);
  process.stdout.write(
    json
      ? `${JSON.stringify({ schema_version: 1, run_id: manifest.run_id, ...explained.allocation })}\n`
      : renderAllocation(explained.allocation, styleOf(process.stdout, process.env)),
  );
}
