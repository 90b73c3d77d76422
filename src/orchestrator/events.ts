import type { TransitionReason } from "./lifecycle/transition.ts";
import { STATE_CODES, TRANSITION_REASON_CODES } from "./record-codes.ts";
import type { LifecycleState } from "./settings.ts";

// The typed form of the records that assembly/engine/events.ts writes. Decoding happens only when somebody listens.

/** Tags of the records, as in assembly/engine/events.ts. */
export const TAG = {
  slice: 1,
  target: 2,
  wish: 3,
  order: 4,
  fill: 5,
  part: 6,
  stop: 7,
  lapse: 8,
  trade: 9,
  grossLimit: 10,
  alert: 11,
  funding: 12,
  fundingPart: 13,
  liquidation: 14,
  halt: 16,
  failure: 17,
  // Written by the host between kernel calls (host-records.ts):
  transfer: 32,
  transition: 33,
  allocation: 34,
  exposure: 35,
  control: 36,
  barred: 37,
  deposit: 38,
  locked: 39,
} as const;

/** f64s of a record, by tag. */
export const RECORD_LENGTH: Readonly<Record<number, number>> = {
  [TAG.slice]: 2,
  [TAG.target]: 3,
  [TAG.wish]: 6,
  [TAG.order]: 6,
  [TAG.fill]: 8,
  [TAG.part]: 9,
  [TAG.stop]: 4,
  [TAG.lapse]: 5,
  [TAG.trade]: 4,
  [TAG.grossLimit]: 4,
  [TAG.alert]: 5,
  [TAG.funding]: 6,
  [TAG.fundingPart]: 4,
  [TAG.liquidation]: 3,
  [TAG.halt]: 5,
  [TAG.failure]: 2,
  [TAG.transfer]: 5,
  [TAG.transition]: 7,
  [TAG.allocation]: 4,
  [TAG.exposure]: 2,
  [TAG.control]: 2,
  [TAG.barred]: 3,
  [TAG.deposit]: 3,
  [TAG.locked]: 3,
};

export type FillPurpose = "NET" | "STOP" | "CROSS" | "LIQUIDATION";
export type LapseReason = "NO_BAR" | "MIN_NOTIONAL" | "END_OF_DATA" | "CONTROL" | "UNFILLED" | "MISSED";
/** What became of a decision: sent, only crossed inside the house, or skipped. */
export type OrderStatus = "SKIPPED" | "PLACED" | "CROSSED";

const PURPOSES: readonly FillPurpose[] = ["NET", "STOP", "CROSS", "LIQUIDATION"];
const REASONS: readonly (LapseReason | undefined)[] = [
  undefined,
  "NO_BAR",
  "MIN_NOTIONAL",
  "END_OF_DATA",
  "CONTROL",
  "UNFILLED",
  "MISSED",
];
/** Portfolio limits by the number they have in records (ALERT_TYPE_* of assembly/engine/events.ts). */
export const ALERT_LIMITS = ["daily_loss", "drawdown", "gross_leverage"] as const;
export type PortfolioLimit = (typeof ALERT_LIMITS)[number];
/** A limit that flattens the portfolio. */
export type HaltReason = Exclude<PortfolioLimit, "gross_leverage">;
const STATUSES: readonly OrderStatus[] = ["SKIPPED", "PLACED", "CROSSED"];

interface Timed {
  /** Open time of the slice, epoch ms UTC. Signals, wishes and orders happen at its close, fills at its open or inside. */
  readonly timeMs: number;
}
interface OfPod extends Timed {
  readonly podId: string;
  readonly symbol: string;
}
interface OfSymbol extends Timed {
  readonly symbol: string;
}

/** A raw target weight that differs from the one before. */
export interface TargetEvent extends OfPod {
  readonly type: "target";
  readonly weight: number;
}
/** What a pod wants to hold, and what it lacks. Lots. */
export interface WishEvent extends OfPod {
  readonly type: "wish";
  /** Target weight after intra-pod weighting, stops and the pod's leverage limit. */
  readonly weight: number;
  readonly podEquity: number;
  readonly wishLots: number;
  readonly demandLots: number;
}
export interface OrderEvent extends OfSymbol {
  readonly type: "order";
  readonly netLots: number;
  readonly crossedLots: number;
  readonly status: OrderStatus;
  /** With `netting: gross` the pod whose order it is. */
  readonly podId: string | null;
}
/** One execution on the account. */
export interface FillEvent extends OfSymbol {
  readonly type: "fill";
  readonly purpose: FillPurpose;
  readonly lots: number;
  readonly price: number;
  /** Price before slippage. */
  readonly reference: number;
  readonly valueMicro: number;
  readonly feeMicro: number;
}
/** A pod's share of the execution before it. */
export interface PartEvent extends OfPod {
  readonly type: "part";
  readonly lots: number;
  readonly price: number;
  readonly cashMicro: number;
  readonly feeMicro: number;
  readonly saving: number;
  readonly cashAfterMicro: number;
  readonly lotsAfter: number;
}
export interface StopEvent extends OfPod {
  readonly type: "stop";
  readonly level: number;
  readonly price: number;
}
export interface LapseEvent extends OfSymbol {
  readonly type: "lapse";
  readonly netLots: number;
  readonly crossedLots: number;
  readonly reason: LapseReason;
}
/** A round trip in one symbol ended. */
export interface TradeEvent extends OfPod {
  readonly type: "trade";
  readonly side: "long" | "short";
  /** After fees and funding, quote units. */
  readonly pnl: number;
}
export interface GrossLimitEvent extends Timed {
  readonly type: "gross_limit";
  readonly gross: number;
  readonly limit: number;
  readonly factor: number;
}

/** What the account pays for its net position at a funding time. */
export interface FundingEvent extends OfSymbol {
  readonly type: "funding";
  /** Share of the position's value that longs pay to shorts. */
  readonly rate: number;
  readonly price: number;
  /** Net of the account. */
  readonly lots: number;
  /** Below 0: received. */
  readonly paidMicro: number;
}
/** A pod's share of the payment before it. */
export interface FundingPartEvent extends OfPod {
  readonly type: "funding_part";
  /** Below 0: received. */
  readonly paidMicro: number;
  readonly cashAfterMicro: number;
}

/** The account did not hold its maintenance margin: everything is closed by the fills that follow, and the run ends. */
export interface LiquidationEvent extends Timed {
  readonly type: "liquidation";
  /** With every symbol at its bar's adverse extreme, quote units. */
  readonly equity: number;
  /** Required at those prices, quote units. */
  readonly margin: number;
}
/** A portfolio limit is near (80 %) or reached. */
export interface AlertEvent extends Timed {
  readonly type: "alert";
  readonly limit: PortfolioLimit;
  readonly severity: "warning" | "critical";
  readonly value: number;
  readonly threshold: number;
}
/** Circuit breaker: a portfolio limit is reached, and every wish is 0 until the end. */
export interface HaltEvent extends Timed {
  readonly type: "halt";
  readonly limit: HaltReason;
  readonly value: number;
  readonly threshold: number;
  /** Epoch ms; null = until recovery, which an exposure event tells. */
  readonly endMs: number | null;
}
/** The strategy of a pod threw, or gave no number: the pod is kept flat for the rest of the run. */
export interface FailureEvent extends OfPod {
  readonly type: "failure";
}
/** Capital moved between a pod and the reserve at a day end. */
export interface TransferEvent extends Timed {
  readonly type: "transfer";
  readonly podId: string;
  /** Positive = to the pod. */
  readonly micro: number;
  readonly cashAfterMicro: number;
  readonly reserveAfterMicro: number;
}
export interface TransitionEvent extends Timed {
  readonly type: "transition";
  readonly podId: string;
  readonly from: LifecycleState;
  readonly to: LifecycleState;
  readonly reason: TransitionReason;
  readonly value: number;
  readonly threshold: number;
}
/** A pod's target fraction by a run of the allocator; not moved = the run decided to leave capital where it is. */
export interface AllocationEvent extends Timed {
  readonly type: "allocation";
  readonly podId: string;
  readonly fraction: number;
  readonly moved: boolean;
}
/** What a halt leaves of the exposure from now on. */
export interface ExposureEvent extends Timed {
  readonly type: "exposure";
  readonly factor: number;
}

/** An operator allows no new risk from now on, or allows it again. */
export interface ControlEvent extends Timed {
  readonly type: "control";
  readonly reduceOnly: boolean;
}
/** An operator allows a pod no position in a symbol, or allows it again. */
export interface BarredEvent extends OfPod {
  readonly type: "barred";
  readonly barred: boolean;
}
/** Money came into the account or left it without a trade; the reserve holds the difference. */
export interface DepositEvent extends Timed {
  readonly type: "deposit";
  readonly micro: number;
  readonly reserveAfterMicro: number;
}
/** A symbol takes no new exposure from now on, or may again. */
export interface LockedEvent extends OfSymbol {
  readonly type: "locked";
  readonly locked: boolean;
}

export type EngineEvent =
  | TargetEvent
  | WishEvent
  | OrderEvent
  | FillEvent
  | PartEvent
  | StopEvent
  | LapseEvent
  | TradeEvent
  | GrossLimitEvent
  | FundingEvent
  | FundingPartEvent
  | LiquidationEvent
  | AlertEvent
  | HaltEvent
  | FailureEvent
  | TransferEvent
  | TransitionEvent
  | AllocationEvent
  | ExposureEvent
  | ControlEvent
  | BarredEvent
  | DepositEvent
  | LockedEvent;

/** Names behind the indexes in a record. */
export interface EventNames {
  readonly podIds: readonly string[];
  readonly symbols: readonly string[];
}

/** The events in `records`, in order. */
export function* decodeEvents(records: Float64Array, names: EventNames): Generator<EngineEvent> {
  let timeMs = Number.NaN;
  for (let at = 0; at < records.length; at += RECORD_LENGTH[records[at] as number] as number) {
    if (records[at] === TAG.slice) timeMs = records[at + 1] as number;
    else yield decodeRecord(records, at, timeMs, names);
  }
}

function decodeRecord(records: Float64Array, at: number, timeMs: number, names: EventNames): EngineEvent {
  const field = (i: number): number => records[at + i] as number;
  const symbol = (): string => names.symbols[field(1)] as string;
  const pod = (): string => names.podIds[field(1)] as string;
  // Of a cell. Not as an object that is spread: long runs decode hundreds of thousands.
  const podOf = (): string => names.podIds[field(1) % names.podIds.length] as string;
  const symbolOf = (): string => names.symbols[Math.floor(field(1) / names.podIds.length)] as string;
  switch (field(0)) {
    case TAG.target:
      return { type: "target", timeMs, podId: podOf(), symbol: symbolOf(), weight: field(2) };
    case TAG.wish:
      return {
        type: "wish",
        timeMs,
        podId: podOf(),
        symbol: symbolOf(),
        weight: field(2),
        podEquity: field(3),
        wishLots: field(4),
        demandLots: field(5),
      };
    case TAG.order:
      return {
        type: "order",
        timeMs,
        symbol: symbol(),
        netLots: field(2),
        crossedLots: field(3),
        status: STATUSES[field(4)] as OrderStatus,
        podId: names.podIds[field(5)] ?? null,
      };
    case TAG.fill:
      return {
        type: "fill",
        timeMs,
        symbol: symbol(),
        purpose: PURPOSES[field(2)] as FillPurpose,
        lots: field(3),
        price: field(4),
        reference: field(5),
        valueMicro: field(6),
        feeMicro: field(7),
      };
    case TAG.part:
      return {
        type: "part",
        timeMs,
        podId: podOf(),
        symbol: symbolOf(),
        lots: field(2),
        price: field(3),
        cashMicro: field(4),
        feeMicro: field(5),
        saving: field(6),
        cashAfterMicro: field(7),
        lotsAfter: field(8),
      };
    case TAG.stop:
      return { type: "stop", timeMs, podId: podOf(), symbol: symbolOf(), level: field(2), price: field(3) };
    case TAG.lapse:
      return {
        type: "lapse",
        timeMs,
        symbol: symbol(),
        netLots: field(2),
        crossedLots: field(3),
        reason: REASONS[field(4)] as LapseReason,
      };
    case TAG.trade:
      return {
        type: "trade",
        timeMs,
        podId: podOf(),
        symbol: symbolOf(),
        side: field(2) > 0 ? "long" : "short",
        pnl: field(3),
      };
    case TAG.grossLimit:
      return { type: "gross_limit", timeMs, gross: field(1), limit: field(2), factor: field(3) };
    case TAG.funding:
      return {
        type: "funding",
        timeMs,
        symbol: symbol(),
        rate: field(2),
        price: field(3),
        lots: field(4),
        paidMicro: field(5),
      };
    case TAG.fundingPart:
      return {
        type: "funding_part",
        timeMs,
        podId: podOf(),
        symbol: symbolOf(),
        paidMicro: field(2),
        cashAfterMicro: field(3),
      };
    case TAG.liquidation:
      return { type: "liquidation", timeMs, equity: field(1), margin: field(2) };
    case TAG.alert:
      return {
        type: "alert",
        timeMs,
        limit: ALERT_LIMITS[field(1)] as PortfolioLimit,
        severity: field(2) === 2 ? "critical" : "warning",
        value: field(3),
        threshold: field(4),
      };
    case TAG.halt:
      return {
        type: "halt",
        timeMs,
        limit: ALERT_LIMITS[field(1)] as HaltReason,
        value: field(2),
        threshold: field(3),
        endMs: field(4) === 0 ? null : field(4),
      };
    case TAG.failure:
      return { type: "failure", timeMs, podId: podOf(), symbol: symbolOf() };
    case TAG.transfer:
      return {
        type: "transfer",
        timeMs,
        podId: pod(),
        micro: field(2),
        cashAfterMicro: field(3),
        reserveAfterMicro: field(4),
      };
    case TAG.transition:
      return {
        type: "transition",
        timeMs,
        podId: pod(),
        from: STATE_CODES[field(2)] as LifecycleState,
        to: STATE_CODES[field(3)] as LifecycleState,
        reason: TRANSITION_REASON_CODES[field(4)] as TransitionReason,
        value: field(5),
        threshold: field(6),
      };
    case TAG.allocation:
      return { type: "allocation", timeMs, podId: pod(), fraction: field(2), moved: field(3) === 1 };
    case TAG.exposure:
      return { type: "exposure", timeMs, factor: field(1) };
    case TAG.control:
      return { type: "control", timeMs, reduceOnly: field(1) === 1 };
    case TAG.barred:
      return { type: "barred", timeMs, podId: podOf(), symbol: symbolOf(), barred: field(2) === 1 };
    case TAG.deposit:
      return { type: "deposit", timeMs, micro: field(1), reserveAfterMicro: field(2) };
    case TAG.locked:
      return { type: "locked", timeMs, symbol: symbol(), locked: field(2) === 1 };
    default:
      throw new RangeError(`event record with unknown tag ${field(0)}`);
  }
}
