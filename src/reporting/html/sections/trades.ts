import { chart } from "../chart.ts";
import type { ReportInput, SymbolTrades } from "../input.ts";
import { na, section } from "../markup.ts";

/** Where the account traded, on daily closes; stops have their own mark. */
export function trades({ trades: part }: ReportInput): string {
  if (!part.ok) return section("trades", "Trades on price", na(part.reason));
  return section("trades", "Trades on price", ...part.value.map(onPrice));
}

function onPrice({ symbol, days, fills }: SymbolTrades): string {
  const times = new Set([...days.map(({ timeMs }) => timeMs), ...fills.map(({ timeMs }) => timeMs)]);
  const x = [...times].sort((a, b) => a - b);
  const closes = new Map(days.map(({ timeMs, close }) => [timeMs, close]));
  const marks = (["buy", "sell", "stop"] as const).map((kind) => {
    const own = new Map(fills.filter((fill) => fill.kind === kind).map(({ timeMs, price }) => [timeMs, price]));
    const color = { buy: 0, sell: 1, stop: 2 }[kind];
    return { label: kind, values: x.map((time) => own.get(time) ?? null), color, mark: kind };
  });
  return chart(
    {
      title: symbol,
      x: x.map((ms) => ms / 1000),
      format: "number",
      series: [{ label: "close", values: x.map((time) => closes.get(time) ?? null), color: -1 }, ...marks],
    },
    fills.length === 0 ? "Never traded." : "▲ buy, ▼ sell, ✕ stop.",
  );
}
