import type { StopLevel } from "../../../analytics/stop-levels.ts";
import { count } from "../../format.ts";
import { type ChartSeries, chart } from "../chart.ts";
import type { FillKind, ReportInput, SymbolTrades } from "../input.ts";
import { escapeHtml, na, section } from "../markup.ts";

const MARKS: Record<FillKind, { readonly label: string; readonly color: number }> = {
  buy: { label: "▲ buy", color: 0 },
  sell: { label: "▼ sell", color: 1 },
  stop: { label: "✕ stop", color: 3 },
  liquidation: { label: "◆ liquidation", color: 4 },
};

/** Where the account traded, on daily closes, and the stops that stood nearest to the price. */
export function trades({ trades: part, stopLevels }: ReportInput): string {
  if (!part.ok) return section("trades", "Trades on price", na(part.reason));
  const noStops = stopLevels.ok ? "" : `<p class="note">Stop levels: n/a, ${escapeHtml(stopLevels.reason)}.</p>`;
  const levels = stopLevels.ok ? stopLevels.value : [];
  return section(
    "trades",
    "Trades on price",
    noStops,
    ...part.value.map((own) =>
      onPrice(
        own,
        levels.filter(({ symbol }) => symbol === own.symbol),
      ),
    ),
  );
}

function onPrice({ symbol, days, fills, fillCount }: SymbolTrades, levels: readonly StopLevel[]): string {
  const times = new Set([...days.map(({ timeMs }) => timeMs), ...fills.map(({ timeMs }) => timeMs)]);
  const x = [...times].sort((a, b) => a - b);
  const closes = new Map(days.map(({ timeMs, close }) => [timeMs, close]));
  const kinds = (Object.keys(MARKS) as FillKind[]).filter((kind) => fills.some((fill) => fill.kind === kind));
  const marks = kinds.map((kind) => {
    const own = new Map(fills.filter((fill) => fill.kind === kind).map(({ timeMs, price }) => [timeMs, price]));
    return { ...MARKS[kind], values: x.map((time) => own.get(time) ?? null), mark: kind };
  });
  const log = isWide(days.map(({ close }) => close));
  return chart(
    {
      title: log ? `${symbol} (log scale)` : symbol,
      x: x.map((ms) => ms / 1000),
      format: "number",
      log,
      series: [
        { label: "close", values: x.map((time) => closes.get(time) ?? null), color: -1, sparse: true },
        ...nearestStops(x, levels),
        ...marks,
      ],
    },
    fillCount === 0
      ? "Never traded."
      : fillCount > fills.length
        ? `The newest ${count(fills.length)} of ${count(fillCount)} fills are marked.`
        : `${count(fillCount)} fills.`,
  );
}

/** Of all pods with a position: the highest stop of longs and the lowest of shorts, which the price would reach first. */
function nearestStops(x: readonly number[], levels: readonly StopLevel[]): ChartSeries[] {
  const held = new Map<string, StopLevel>();
  let next = 0;
  const sides = { long: [] as (number | null)[], short: [] as (number | null)[] };
  for (const time of x) {
    for (let row = levels[next]; row !== undefined && row.dayMs <= time; row = levels[++next]) held.set(row.podId, row);
    const open = [...held.values()].filter(({ level }) => level !== null);
    const of = (side: "long" | "short"): number[] => open.flatMap((row) => (row.side === side ? [row.level ?? 0] : []));
    sides.long.push(of("long").reduce<number | null>((a, b) => (a === null ? b : Math.max(a, b)), null));
    sides.short.push(of("short").reduce<number | null>((a, b) => (a === null ? b : Math.min(a, b)), null));
  }
  return [
    { label: "nearest stop of longs", values: sides.long, color: 3, step: true },
    { label: "nearest stop of shorts", values: sides.short, color: 6, step: true, dash: true },
  ].filter(({ values }) => values.some((value) => value !== null));
}

/** Prices that grew to a multiple: on a linear scale their beginning is a flat line. */
function isWide(closes: readonly number[]): boolean {
  const low = closes.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = closes.reduce((a, b) => Math.max(a, b), 0);
  return low > 0 && high > 4 * low;
}
