import type { ExplainedExecution, OrderExplanation } from "../engine/explain-order.ts";
import { amount, change, grouped, plural, price as priceOf } from "./format.ts";
import { type Pen, penOf, type ReportStyle } from "./pen.ts";
import { renderTable } from "./table.ts";
import { plain, wrap } from "./text-width.ts";

const PURPOSE: Record<OrderExplanation["purpose"], string> = {
  NET: "net order",
  CROSS: "internal cross, no order outside",
  STOP_SELL: "stop exit of longs",
  STOP_BUY: "stop exit of shorts",
  LIQUIDATION: "liquidation of the account",
};

/** How one order came to be and where it went, as text: wishes, net and cross, executions with their parts, checks. */
export function renderExplanation(order: OrderExplanation, style: ReportStyle): string {
  const pen = penOf(style);
  const blocks = [
    heading(order, pen),
    wishes(order, pen),
    stops(order, pen),
    netting(order, pen),
    ...order.executions.map((execution) => executed(execution, pen)),
    lapses(order, pen),
    checks(order, pen),
  ];
  return `${blocks.filter((block) => block !== null).join("\n\n")}\n`;
}

function paragraph(text: string, pen: Pen): string {
  return wrap(plain(text), pen.width).join("\n");
}

function heading(order: OrderExplanation, pen: Pen): string {
  const whose = order.pod_id === null ? "" : ` of ${order.pod_id}`;
  const when =
    order.decided === null ? `inside the slice ${order.slice}` : `decided ${order.decided}, slice ${order.slice}`;
  return [
    ...wrap(plain(`Order ${order.order_id}  ${order.symbol}`), pen.width).map(pen.title),
    paragraph(`${PURPOSE[order.purpose]}${whose}, ${when}: ${order.outcome}`, pen),
  ].join("\n");
}

function wishes({ wishes }: OrderExplanation, pen: Pen): string | null {
  if (wishes.length === 0) return null;
  return renderTable(
    [
      { title: "Pod" },
      { title: "Weight", align: "right" },
      { title: "Pod equity", align: "right", optional: 1 },
      { title: "Wished", align: "right" },
      { title: "Held", align: "right" },
      { title: "Demand", align: "right" },
    ],
    wishes.map((wish) => [
      plain(wish.pod_id),
      change(wish.target_weight, 4),
      amount(wish.pod_equity),
      grouped(wish.wished),
      grouped(wish.held),
      grouped(wish.demand),
    ]),
    pen,
  );
}

function stops({ stops }: OrderExplanation, pen: Pen): string | null {
  if (stops.length === 0) return null;
  return stops
    .map(({ pod_id, level, price }) =>
      paragraph(`${pod_id}: stop at ${priceOf(level)} reached, exit from ${priceOf(price)} before slippage`, pen),
    )
    .join("\n");
}

function netting({ net, crossed, purpose }: OrderExplanation, pen: Pen): string | null {
  if (purpose === "STOP_SELL" || purpose === "STOP_BUY") return null;
  return paragraph(`Net ${grouped(net)}; crossed inside the house ${grouped(crossed)}`, pen);
}

function executed(execution: ExplainedExecution, pen: Pen): string {
  const { slice, quantity, price, reference, slippage_bps, cash, fee, parts } = execution;
  const summary = [
    `Executed ${grouped(quantity)} at ${priceOf(price)} in slice ${slice}:`,
    `${priceOf(reference)} before slippage, ${change(slippage_bps)} bps,`,
    `cash ${grouped(cash)}, fee ${grouped(fee)}, ${plural(parts.length, "part")}`,
  ];
  const table = renderTable(
    [
      { title: "Pod" },
      { title: "Quantity", align: "right" },
      { title: "Price", align: "right", optional: 2 },
      { title: "Cash", align: "right" },
      { title: "Fee", align: "right" },
      { title: "Saved", align: "right" },
      { title: "Holds then", align: "right", optional: 1 },
    ],
    parts.map((part) => [
      plain(part.pod_id),
      grouped(part.quantity),
      priceOf(part.price),
      grouped(part.cash),
      grouped(part.fee),
      change(part.netting_saving, 6),
      grouped(part.quantity_after),
    ]),
    pen,
  );
  return `${paragraph(summary.join(" "), pen)}\n${table}`;
}

function lapses({ lapses }: OrderExplanation, pen: Pen): string | null {
  if (lapses.length === 0) return null;
  return lapses.map(({ time, reason }) => paragraph(`Not traded: ${reason}, slice ${time}`, pen)).join("\n");
}

function checks({ checks }: OrderExplanation, pen: Pen): string | null {
  if (checks.length === 0) return null;
  return renderTable(
    [{ title: "Sum" }, { title: "Pods", align: "right" }, { title: "Account", align: "right" }, { title: "" }],
    checks.map(({ name, pods, account, agrees }) => [
      name,
      grouped(pods),
      grouped(account),
      agrees ? pen.good("agrees") : pen.bad("DIFFERS"),
    ]),
    pen,
  );
}
