import type { EngineStatus, Liveness } from "../live/status.ts";
import { amount, count, grouped, percent } from "./format.ts";
import { penOf, type ReportStyle } from "./pen.ts";
import { renderTable } from "./table.ts";

/** A status as people read it. A dead engine is never shown as live: the first line says it, and how old the rest is. */
export function renderStatus(status: EngineStatus, liveness: Liveness, nowMs: number, style: ReportStyle): string {
  const pen = penOf(style);
  const age = Math.max(0, Math.round((nowMs - Date.parse(status.heartbeat)) / 1000));
  const venue = `${status.mode} on ${status.simulator ? "the simulated " : ""}${status.venue}`;
  const heading =
    liveness === "stalled"
      ? pen.alarm(`STALLED  ${venue}  process ${status.pid} lives and has said nothing for ${duration(age)}`)
      : liveness === "running"
        ? pen.title(`${status.state}  ${venue}  process ${status.pid}, heartbeat ${duration(age)} ago`)
        : liveness === "stopped"
          ? pen.title(`STOPPED  ${venue}  ended ${duration(age)} ago; what follows is its last word`)
          : pen.alarm(
              `DEAD  ${venue}  last heartbeat ${duration(age)} ago (process ${status.pid}); what follows is that old`,
            );
  const { control, locks, unassigned, alerts } = status;
  const forbidden = [...control.symbols, ...control.pods].join(", ");
  const lines = [
    heading,
    ...(status.reason === "" ? [] : [`Reason      ${status.reason}`]),
    `Control     ${control.mode}${control.flatten ? ", flatten" : ""}${forbidden === "" ? "" : `, nothing in ${forbidden}`}`,
    `Slices      last opened ${status.watermark ?? "n/a (none yet)"}, next closes ${status.next_close ?? "n/a"}`,
    `Equity      ${amount(status.equity)}   drawdown ${percent(status.drawdown)}   exposure factor ${amount(status.exposure)}`,
    `Exposure    gross ${amount(status.gross)}   net ${amount(status.net)}`,
    `Journal     ${count(status.journal.records)} records, ${count(status.journal.bytes)} bytes, head ${status.journal.head.slice(0, 16)}`,
    `Counts      ${Object.entries(status.counts)
      .map(([name, value]) => `${name} ${count(value)}`)
      .join(", ")}`,
  ];
  const pods = renderTable(
    [
      { title: "Pod" },
      { title: "State" },
      { title: "Alloc", align: "right" },
      { title: "Equity", align: "right" },
      { title: "Holds", wraps: true },
    ],
    status.pods.map(({ pod_id, state, fraction, equity, holds }) => [
      pod_id,
      state.toUpperCase(),
      fraction === null ? "n/a" : percent(fraction),
      amount(equity),
      Object.entries(holds)
        .map(([symbol, own]) => `${symbol} ${grouped(own)}`)
        .join(", ") || "-",
    ]),
    pen,
  );
  const trouble = [
    ...locks.map(({ symbol, reason, ledger, exchange }) =>
      pen.alarm(`LOCKED      ${symbol}: ledger ${count(ledger)} lots, exchange ${count(exchange)} (${reason})`),
    ),
    ...unassigned.legs.map(({ symbol, leg, lots, pnl, accepted }) => {
      const line = `UNASSIGNED  ${symbol} ${leg} ${count(lots)} lots, P&L ${amount(pnl)}`;
      return accepted ? `${line} (accepted)` : pen.alarm(`${line}: mcbot pod adopt, flatten or ignore`);
    }),
    ...(unassigned.realised === 0 ? [] : [`UNASSIGNED  realised P&L ${amount(unassigned.realised)}`]),
    ...alerts
      .slice(-5)
      .map(({ severity, code, message, time }) => `${severity.toUpperCase().padEnd(10)}  ${time}  ${code}: ${message}`),
  ];
  return `${[...lines, "", pods, ...(trouble.length === 0 ? [] : ["", ...trouble])].join("\n")}\n`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
