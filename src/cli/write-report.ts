import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { type EventSource, eventsOf } from "../analytics/tables/event-source.ts";
import type { Config } from "../config/schema.ts";
import { seriesOf } from "../market/column-series.ts";
import type { Market } from "../market/market.ts";
import { DAY_MS } from "../market/timeframe.ts";
import type { FillEvent } from "../orchestrator/events.ts";
import type { OrchestratedResult } from "../orchestrator/result.ts";
import { readAssets } from "../reporting/html/assets.ts";
import type { FillKind, ReportInput, ReportLimits, SymbolTrades } from "../reporting/html/input.ts";
import { renderHtml } from "../reporting/html/page.ts";

/** Marks of a symbol in one chart; a year of minutes can have more trades than pixels. */
const MAX_MARKS = 4000;

/** Writes `report.html` into a run folder and returns its path. */
export function writeReport(folder: string, input: Omit<ReportInput, "limits">, config: Config): string {
  const path = join(folder, "report.html");
  writeFileAtomic.sync(path, renderHtml({ ...input, limits: limitsOf(input.result, config) }, readAssets()));
  return path;
}

/** What of the config the run was held against: a single strategy has the gross limit alone. */
function limitsOf({ header }: OrchestratedResult, { orchestrator: { risk, retirement } }: Config): ReportLimits {
  const orchestrated = header.orchestration !== null;
  return {
    maxPodRisk: orchestrated ? risk.max_single_pod_risk_pct : null,
    maxGrossLeverage: risk.max_gross_leverage,
    sharpeFloor: orchestrated ? retirement.rolling_sharpe_floor : null,
  };
}

/** Daily closes of each symbol in the range of a run, and the account's fills. */
export function tradesOf({ header }: OrchestratedResult, market: Market, source: EventSource): SymbolTrades[] {
  const fills = new Map<string, SymbolTrades["fills"][number][]>();
  for (const event of eventsOf(source)) {
    if (event.type !== "fill" || event.purpose === "CROSS") continue;
    const { symbol, timeMs, price } = event;
    const own = fills.get(symbol) ?? [];
    own.push({ timeMs, price, kind: kindOf(event) });
    fills.set(symbol, own);
  }
  const from = Date.parse(header.range.start);
  const to = Date.parse(header.range.end) + DAY_MS;
  return market.bars.map((bars) => {
    const own = fills.get(bars.symbol) ?? [];
    return {
      symbol: bars.symbol,
      days: seriesOf(bars)
        .dailyCloses(from, to)
        .map(({ dayMs, close }) => ({ timeMs: dayMs, close })),
      fills: own.slice(-MAX_MARKS),
      fillCount: own.length,
    };
  });
}

function kindOf({ purpose, lots }: FillEvent): FillKind {
  if (purpose === "STOP") return "stop";
  if (purpose === "LIQUIDATION") return "liquidation";
  return lots > 0 ? "buy" : "sell";
}
