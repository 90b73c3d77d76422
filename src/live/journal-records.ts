import type { Leg, OrderStatus, Side } from "../exchange/port.ts";

// Bodies of the records of a live or paper journal, in the order in which they come about. The journal is the authority:
// the state of an engine is the fold of these records (docs/LIVE.md). Numbers are whole (lots, micro-units, ms) or text.

/** First record of a state folder; a start with another identity is refused. */
export interface HeaderRecord {
  readonly type: "header";
  readonly v: 1;
  readonly mode: "paper" | "live";
  /** "binanceusdm", "binance", or "recording". */
  readonly venue: string;
  /** Loopback venue: never mixed with the real one. */
  readonly simulator: boolean;
  /** Fingerprint of the account; null in paper. */
  readonly account: string | null;
  /** Two to four characters that mark our client ids. */
  readonly instance: string;
  readonly run_id: string;
  readonly start_ms: number;
  readonly capital_micro: number;
  /** SHA-256 of the warm-up bars' file. */
  readonly warmup: string;
}

/** A start of the process: which code and config go on from here. */
export interface EpochRecord {
  readonly type: "epoch";
  readonly config_hash: string;
  readonly version: string;
  readonly ts: number;
}

export interface FundingPayment {
  readonly symbol: string;
  readonly time_ms: number;
  readonly rate: string;
  /** Price the exchange charged on; null = the engine's own. */
  readonly mark: string | null;
}

/** A closed slice as the engine uses it. */
export interface SliceRecord {
  readonly type: "slice";
  readonly open_ms: number;
  /** Open, high, low, close, volume as text; a missing symbol had no bar within the grace time. */
  readonly bars: Readonly<Record<string, readonly [string, string, string, string, string]>>;
  readonly funding: readonly FundingPayment[];
  /** False: replayed for state only (missed while the engine was down); its orders are not sent. */
  readonly traded: boolean;
}

/** One order to send. */
export interface Intent {
  readonly cid: string;
  readonly symbol: string;
  readonly side: Side;
  readonly leg: Leg;
  /** Whole lots of the engine, above 0. */
  readonly lots: number;
  readonly quantity: string;
  readonly reduces: boolean;
  /** Netting gross: the pod that orders; null = net. */
  readonly pod: string | null;
}

/** What one slice decided, whole: it is on the disk before the first order leaves. */
export interface DecisionRecord {
  readonly type: "decision";
  /** Open of its slice, and a millisecond more for each time an operator made that slice decide again. */
  readonly open_ms: number;
  /** SHA-256 over the engine's event records since the decision before: what a replay must reproduce. */
  readonly events: string;
  readonly symbols: readonly {
    readonly symbol: string;
    /** Net lots, signed; 0 = only a cross. */
    readonly net: number;
    readonly crossed: number;
    /** [pod id, demand in lots], pods with one only. */
    readonly demand: readonly (readonly [string, number])[];
  }[];
  /** In the order of sending: reductions first, then a flip's second leg. */
  readonly intents: readonly Intent[];
}

/** An order that is about to be POSTed, whole: a restart must not need to guess what left. */
export interface SentRecord {
  readonly type: "sent";
  readonly cid: string;
  /** Client id of the intent it serves: its own, except for the market order that follows a limit order. */
  readonly intent: string;
  readonly order: "market" | "limit";
  /** Limit price; null for market orders. */
  readonly price: string | null;
  /** Whole lots, above 0; at most those of the intent. */
  readonly lots: number;
  /** Timestamp that is signed, exchange clock. */
  readonly ts: number;
  readonly recv_window: number;
}

export interface AcceptedRecord {
  readonly type: "accepted";
  readonly cid: string;
  readonly order_id: string;
}

export interface RejectedRecord {
  readonly type: "rejected";
  readonly cid: string;
  readonly code: string;
  readonly message: string;
}

export interface AmbiguousRecord {
  readonly type: "ambiguous";
  readonly cid: string;
  readonly message: string;
}

/** One trade of the exchange; (symbol, trade id) comes once. */
export interface TradeRecord {
  readonly type: "trade";
  readonly cid: string;
  readonly symbol: string;
  readonly trade_id: string;
  /** Signed whole lots, without `fee_lots`: what the account holds by it. */
  readonly lots: number;
  /** Lots that the exchange kept as its fee (spot, paid in the base), ≥ 0; `fee_micro` is 0 then, `value_micro` holds them. */
  readonly fee_lots: number;
  readonly price: string;
  /** Micro-units of the quote. */
  readonly value_micro: number;
  readonly fee_micro: number;
  readonly fee: string;
  readonly fee_asset: string;
  readonly time_ms: number;
  /** True: the exchange reports the fill but no trade of it in time; price and fee are the order's average and an estimate. */
  readonly synthetic: boolean;
}

/** The end of an order: nothing more will come of it. `lost` = it never reached the exchange. */
export interface DoneRecord {
  readonly type: "done";
  readonly cid: string;
  readonly status: OrderStatus | "lost" | "unsent";
  readonly lots: number;
}

/** Every order of a symbol's decision is done: what is left of the demand lapses. */
export interface SettledRecord {
  readonly type: "settled";
  readonly open_ms: number;
  readonly symbol: string;
}

export interface ControlRecord {
  readonly type: "control";
  readonly mode: string;
  readonly flatten: boolean;
  readonly symbols: readonly string[];
  readonly pods: readonly string[];
}

export type RunnerState = "BOOT" | "RECOVER" | "RECONCILE" | "RUN" | "DEGRADED" | "HALT";

export interface StateRecord {
  readonly type: "state";
  readonly from: RunnerState;
  readonly to: RunnerState;
  readonly reason: string;
  readonly ts: number;
}

/** A symbol that must not take new exposure, or may again. */
export interface LockRecord {
  readonly type: "lock";
  readonly symbol: string;
  readonly locked: boolean;
  readonly reason: string;
  /** Lots of the ledger and of the exchange. */
  readonly ledger: number;
  readonly exchange: number;
}

/** Money or lots that came or went without an order of ours. */
export interface ExternalRecord {
  readonly type: "external";
  /** Of these, `unassigned` (found at the exchange beyond the ledger) and `autoclose` change what the account holds. */
  readonly kind: "transfer" | "unassigned" | "autoclose" | "income";
  /** The exchange's: of the trade, order or income; our own where it has none. */
  readonly id: string;
  readonly symbol: string | null;
  /** Where the lots lie; null without lots. */
  readonly leg: Leg | null;
  /** Signed whole lots. */
  readonly lots: number;
  readonly cash_micro: number;
  readonly note: string;
}

/** Lots of UNASSIGNED become the pods', at a price. */
export interface AdoptedRecord {
  readonly type: "adopted";
  readonly symbol: string;
  readonly leg: Leg;
  /** Signed whole lots, not 0. */
  readonly lots: number;
  /** Null: the pods of the other side give them up in proportion to their lots, as where somebody closed them by hand. */
  readonly pod: string | null;
  /** Micro-units of the quote, above 0: what the pods pay or get. */
  readonly value_micro: number;
}

/** Orders that an operator wants for lots of UNASSIGNED: the engine did not decide them, and no pod bears them. */
export interface ClosingRecord {
  readonly type: "closing";
  /** Time of its own after the last decision's, which its client ids hold. */
  readonly open_ms: number;
  readonly intents: readonly Intent[];
}

export type PodRequestAction = "adopt" | "flatten" | "ignore";

/** What became of an operator's request about lots of UNASSIGNED; an id comes once. */
export interface RequestRecord {
  readonly type: "request";
  /** Hash of the audit record that asks for it. */
  readonly id: string;
  readonly action: PodRequestAction;
  readonly symbol: string;
  readonly pod: string | null;
  readonly actor: string;
  readonly reason: string;
  /** Why nothing was done; null = it was. */
  readonly refused: string | null;
}

/** Settings of the account that were accepted: those of the first reconciliation, or what an operator agreed to later. */
export interface SettingsRecord {
  readonly type: "settings";
  readonly symbols: Readonly<Record<string, { readonly leverage: number; readonly cross_margin: boolean }>>;
}

/** Where ledger and account stood at the first reconciliation of a UTC day: the three-way check goes from one to the next. */
export interface BalanceRecord {
  readonly type: "balance";
  readonly ts: number;
  /** Of the exchange, without unrealised P&L; micro-units, as all of these. */
  readonly wallet_micro: number;
  /** What the wallet should be by the ledger, but for a constant: cash, and lots at the exchange's entry prices. */
  readonly ledger_micro: number;
}

export interface AlertRecord {
  readonly type: "alert";
  readonly severity: "info" | "warning" | "critical";
  readonly code: string;
  readonly message: string;
  readonly ts: number;
}

export type JournalBody =
  | HeaderRecord
  | EpochRecord
  | SliceRecord
  | DecisionRecord
  | SentRecord
  | AcceptedRecord
  | RejectedRecord
  | AmbiguousRecord
  | TradeRecord
  | DoneRecord
  | SettledRecord
  | ControlRecord
  | StateRecord
  | LockRecord
  | ExternalRecord
  | AdoptedRecord
  | ClosingRecord
  | RequestRecord
  | SettingsRecord
  | BalanceRecord
  | AlertRecord;
