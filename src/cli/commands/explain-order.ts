import { explainOrder } from "../../engine/explain-order.ts";
import { readRun } from "../../engine/run-folder.ts";
import { renderExplanation } from "../../reporting/explain-order.ts";
import { styleOf } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

export interface ExplainOrderFlags {
  readonly at?: string;
  readonly run: string;
  readonly json?: boolean;
}

/** `explain order SYMBOL --at TIME`, or with an order id alone. */
export function explainOrderCommand(symbolOrId: string, { at, run, json }: ExplainOrderFlags): void {
  const isId = /^[0-9a-f]{20}$/.test(symbolOrId);
  if (!isId && at === undefined)
    throw new UsageError(`--at is missing: say when, for example ${symbolOrId} --at 2024-03-01`);
  const { manifest, events } = readRun(run);
  const query = isId ? { at: symbolOrId } : { symbol: symbolOrId, at: at as string };
  const explained = explainOrder(events(), manifest.run_id, query);
  if (!explained.ok) {
    const candidates = explained.code === "SEVERAL_ORDERS" ? explained.candidates : [];
    const list = candidates.map(({ order_id, slice, purpose }) => `\n  ${order_id}  ${slice}  ${purpose}`).join("");
    throw new UsageError(`${explained.message}${list}`);
  }
  const options = styleOf(process.stdout, process.env);
  process.stdout.write(
    json
      ? `${JSON.stringify({ schema_version: 1, ...explained.order })}\n`
      : `${renderExplanation(explained.order, options)}\n`,
  );
}
