import { explainTransition } from "../../engine/explain-transition.ts";
import { readRun } from "../../engine/run-folder.ts";
import { renderTransition } from "../../reporting/explain-transition.ts";
import { styleOf } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import type { ExplainFlags } from "./explain-allocation.ts";

/** `explain transition POD [--at DATE]`: its last change of state at or before a date. */
export function explainTransitionCommand(podId: string, { at, run, json }: ExplainFlags): void {
  const { manifest, result } = readRun(run);
  const explained = explainTransition(result, podId, at);
  if (!explained.ok) throw new UsageError(explained.message);
  process.stdout.write(
    json
      ? `${JSON.stringify({ schema_version: 1, run_id: manifest.run_id, ...explained.transition })}\n`
      : renderTransition(explained.transition, styleOf(process.stdout, process.env)),
  );
}
