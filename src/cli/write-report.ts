import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { type EventSource, eventsOf } from "../analytics/tables/event-source.ts";
import type { Config } from "../config/schema.ts";
import { seriesOf } from "../market/column-series.ts";
import type { Market } from "../market/market.ts";
import { DAY_MS } from "../market/timeframe.ts";
import type { OrchestratedResult } from "../orchestrator/result.ts";
import { readAssets } from "../reporting/html/assets.ts";
import type { ReportInput, SymbolTrades } from "../reporting/html/input.ts";
import { renderHtml } from "../reporting/html/page.ts";

/** Marks of a symbol in one chart; a year of minutes can have more trades than pixels. */
const MAX_MARKS = 4000;

/** Writes `report.html` into a run folder and returns its path. */
export function writeReport(folder: string, input: ReportInput, config: Config): string {
  const path = join(folder, "report.html");
  const limit = input.result.header.orchestration === null ? null : config.orchestrator.risk.max_single_pod_risk_pct;
  writeFileAtomic.sync(path, renderHtml(input, readAssets(), limit));
  return path;
}

/** Daily closes of each symbol in the range of a run, and the account's fills. */
export function tradesOf({ header }: OrchestratedResult, market: Market, source: EventSource): SymbolTrades[] {
  const fills = new Map<string, SymbolTrades["fills"][number][]>();
  for (const event of eventsOf(source)) {
    if (event.type !== "fill" || event.purpose === "CROSS") continue;
    const { symbol, timeMs, price, lots, purpose } = event;
    const own = fills.get(symbol) ?? [];
    own.push({ timeMs, price, kind: purpose !== "NET" ? "stop" : lots > 0 ? "buy" : "sell" });
    fills.set(symbol, own);
  }
  const from = Date.parse(header.range.start);
  const to = Date.parse(header.range.end) + DAY_MS;
  return market.bars.map((bars) => ({
    symbol: bars.symbol,
    days: seriesOf(bars)
      .dailyCloses(from, to)
      .map(({ dayMs, close }) => ({ timeMs: dayMs, close })),
    fills: (fills.get(bars.symbol) ?? []).slice(-MAX_MARKS),
  }));
}
