import { assert } from "../lib/assert.ts";
import { ALERT_LIMITS, type HaltReason, type PortfolioLimit, RECORD_LENGTH, TAG } from "../orchestrator/events.ts";
import type { RiskSeverity } from "../orchestrator/risk/risk-aggregator.ts";
import type { RunRecord } from "../orchestrator/run-record.ts";
import { LapsedDemand } from "./lapsed-demand.ts";

/** What one pod's events add up to. */
export interface PodTally {
  /** P&L after fees and funding of each finished round trip, in order. Quote units. */
  readonly trades: number[];
  /** Σ |cash| of its parts: traded value, quote units. */
  traded: number;
  /** Σ cash − fee − funding: what the events did to the pod's cash. */
  cashMicro: number;
  /** Σ capital moved from the reserve to the pod, negative when it gave more than it got. */
  transfersMicro: number;
}

/** Wishes scaled down to the gross limit, at the close of one slice. */
export interface GrossLimitHit {
  readonly timeMs: number;
  readonly gross: number;
  readonly limit: number;
  readonly factor: number;
}

/** The end of an account that did not hold its maintenance margin. */
export interface Liquidation {
  /** Open of its slice. */
  readonly timeMs: number;
  readonly equity: number;
  readonly margin: number;
  feesMicro: number;
}

/** A portfolio limit that came near or was reached, at the close of one slice. */
export interface AlertHit {
  readonly timeMs: number;
  readonly type: PortfolioLimit;
  readonly severity: RiskSeverity;
  readonly value: number;
  readonly threshold: number;
}

/** A portfolio limit that flattened the account, at the close of one slice. */
export interface HaltHit {
  readonly timeMs: number;
  readonly type: HaltReason;
  readonly value: number;
  readonly threshold: number;
  /** Epoch ms; 0 = until exposure returned. */
  readonly endMs: number;
}

/** One pass over the event records: the sums that metrics, attribution and reason counts need. */
export interface RunTally {
  readonly pods: readonly PodTally[];
  /** P&L of every round trip of the run, in order. */
  readonly trades: readonly number[];
  readonly lapsed: LapsedDemand;
  readonly grossLimits: readonly GrossLimitHit[];
  readonly liquidation: Liquidation | null;
  readonly alerts: readonly AlertHit[];
  readonly halts: readonly HaltHit[];
  /** Strategies that failed at the close of a slice. */
  readonly failures: readonly { readonly timeMs: number; readonly cell: number }[];
  /** What recovery from a halt left of the exposure, from the close of a slice on. */
  readonly exposures: readonly { readonly timeMs: number; readonly factor: number }[];
  /** Capital that moved at the close of a slice; positive = to the pod. */
  readonly transfers: readonly { readonly timeMs: number; readonly pod: number; readonly micro: number }[];
  /** Lots on the account by symbol, from executions alone. */
  readonly lots: Float64Array;
  readonly orders: { placed: number; crossed: number; skipped: number; stop: number };
  readonly fills: { executions: number; crosses: number; parts: number };
  /** Protective stops that were reached, per pod and symbol. */
  readonly stops: number;
  /** Σ |lots| × price of executions, quote units. */
  readonly traded: number;
  /** Σ lots × (price − reference) of executions, quote units. */
  readonly slippage: number;
  /** From executions and funding alone. */
  readonly feesMicro: number;
  /** Paid, less received. */
  readonly fundingMicro: number;
  readonly cashMicro: number;
}

/** Numbers of the kernel's purposes and order statuses (assembly/engine/events.ts, state.ts). */
const PURPOSE_STOP = 1;
const PURPOSE_LIQUIDATION = 3;
const LEVEL_CRITICAL = 2;
const STATUS_SKIPPED = 0;
const STATUS_CROSSED = 2;
const MICRO = 1e6;
/** Records that say what was decided, not what it cost. */
const NOT_SUMMED: ReadonlySet<number> = new Set([TAG.wish, TAG.target, TAG.transition, TAG.allocation]);

/** Tallies a run. Reads the raw records: no event object is made. */
export function tallyRun(record: RunRecord): RunTally {
  const podCount = record.pods.length;
  const lotsPerUnit = record.symbols.map((symbol) => symbol.lotsPerUnit);
  const pods: PodTally[] = record.pods.map(() => ({ trades: [], traded: 0, cashMicro: 0, transfersMicro: 0 }));
  const trades: number[] = [];
  const grossLimits: GrossLimitHit[] = [];
  let liquidation: Liquidation | null = null;
  const alerts: AlertHit[] = [];
  const halts: HaltHit[] = [];
  const failures: { timeMs: number; cell: number }[] = [];
  const exposures: { timeMs: number; factor: number }[] = [];
  const transfers: { timeMs: number; pod: number; micro: number }[] = [];
  const lapsed = new LapsedDemand(record.symbols.length);
  const lots = new Float64Array(record.symbols.length);
  const orders = { placed: 0, crossed: 0, skipped: 0, stop: 0 };
  const fills = { executions: 0, crosses: 0, parts: 0 };
  const sums = { stops: 0, traded: 0, slippage: 0, feesMicro: 0, fundingMicro: 0, cashMicro: 0 };

  const { records } = record;
  let timeMs = Number.NaN;
  for (let at = 0; at < records.length; at += RECORD_LENGTH[records[at] as number] as number) {
    const field = (i: number): number => records[at + i] as number;
    switch (field(0)) {
      case TAG.slice:
        timeMs = field(1);
        break;
      case TAG.order:
        if (field(4) === STATUS_SKIPPED) orders.skipped++;
        else if (field(4) === STATUS_CROSSED) orders.crossed++;
        else orders.placed++;
        lapsed.decide(field(1), timeMs);
        break;
      case TAG.fill: {
        const executed = field(3);
        if (field(2) === PURPOSE_STOP) orders.stop++;
        if (field(2) === PURPOSE_LIQUIDATION && liquidation !== null) liquidation.feesMicro += field(7);
        if (executed === 0) fills.crosses++;
        else fills.executions++;
        (lots[field(1)] as number) += executed;
        sums.traded += field(6) / MICRO;
        sums.slippage += (executed * (field(4) - field(5))) / (lotsPerUnit[field(1)] as number);
        sums.feesMicro += field(7);
        sums.cashMicro += (executed > 0 ? -field(6) : field(6)) - field(7);
        break;
      }
      case TAG.part: {
        const pod = pods[field(1) % podCount] as PodTally;
        fills.parts++;
        pod.traded += Math.abs(field(4)) / MICRO;
        pod.cashMicro += field(4) - field(5);
        break;
      }
      case TAG.stop:
        sums.stops++;
        break;
      case TAG.lapse:
        lapsed.add(field(1), field(2), field(3), field(4));
        break;
      case TAG.trade:
        (pods[field(1) % podCount] as PodTally).trades.push(field(3));
        trades.push(field(3));
        break;
      case TAG.funding:
        sums.fundingMicro += field(5);
        sums.cashMicro -= field(5);
        break;
      case TAG.fundingPart:
        (pods[field(1) % podCount] as PodTally).cashMicro -= field(2);
        break;
      case TAG.liquidation:
        liquidation = { timeMs, equity: field(1), margin: field(2), feesMicro: 0 };
        break;
      case TAG.grossLimit:
        grossLimits.push({ timeMs, gross: field(1), limit: field(2), factor: field(3) });
        break;
      case TAG.alert:
        alerts.push({
          timeMs,
          type: ALERT_LIMITS[field(1)] as PortfolioLimit,
          severity: field(2) === LEVEL_CRITICAL ? "critical" : "warning",
          value: field(3),
          threshold: field(4),
        });
        break;
      case TAG.halt:
        halts.push({
          timeMs,
          type: ALERT_LIMITS[field(1)] as HaltReason,
          value: field(2),
          threshold: field(3),
          endMs: field(4),
        });
        break;
      case TAG.failure:
        failures.push({ timeMs, cell: field(1) });
        break;
      case TAG.exposure:
        exposures.push({ timeMs, factor: field(1) });
        break;
      case TAG.transfer:
        transfers.push({ timeMs, pod: field(1), micro: field(2) });
        (pods[field(1)] as PodTally).transfersMicro += field(2);
        break;
      default:
        assert(NOT_SUMMED.has(field(0)), `tally: event record with unknown tag ${field(0)} at ${at}`);
    }
  }
  return {
    pods,
    trades,
    lapsed,
    grossLimits,
    liquidation,
    alerts,
    halts,
    failures,
    exposures,
    transfers,
    lots,
    orders,
    fills,
    ...sums,
  };
}
