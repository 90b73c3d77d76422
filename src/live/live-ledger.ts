import type { Leg } from "../exchange/port.ts";
import type {
  AlertRecord,
  ControlRecord,
  HeaderRecord,
  JournalBody,
  LockRecord,
  RunnerState,
  StateRecord,
} from "./journal-records.ts";

const KEPT_ALERTS = 50;

/** Exposure of the account that no pod ordered (spec 5.4). */
export interface Unassigned {
  readonly symbol: string;
  readonly leg: Leg;
  /** Signed whole lots. */
  lots: number;
  /** What it cost, micro-units: lots × price when it was found, less what its reductions brought. */
  costMicro: number;
}

/** What is folded from a journal beside the engine: states, locks, operators' wishes, counts. */
export class LiveLedger {
  header: HeaderRecord | null = null;
  configHash: string | null = null;
  state: RunnerState = "BOOT";
  stateReason = "";
  control: ControlRecord = { type: "control", mode: "RUNNING", flatten: false, symbols: [], pods: [] };
  readonly locks = new Map<string, LockRecord>();
  readonly unassigned = new Map<string, Unassigned>();
  /** Ids of transfers, incomes and autoclosures that were booked. */
  readonly externals = new Set<string>();
  /** Transfers in less those out, micro-units. */
  depositedMicro = 0;
  /** The newest ones. */
  readonly alerts: AlertRecord[] = [];
  readonly transitions: StateRecord[] = [];
  readonly counts = { slices: 0, traded: 0, decisions: 0, orders: 0, trades: 0, rejected: 0, ambiguous: 0, records: 0 };

  apply(body: JournalBody): void {
    this.counts.records++;
    switch (body.type) {
      case "header":
        this.header = body;
        break;
      case "epoch":
        this.configHash = body.config_hash;
        // A new process starts from the beginning, whatever state the one before died in; a halt is kept by the control state.
        this.state = "BOOT";
        break;
      case "slice":
        this.counts.slices++;
        if (body.traded) this.counts.traded++;
        break;
      case "decision":
        this.counts.decisions++;
        break;
      case "sent":
        this.counts.orders++;
        break;
      case "rejected":
        this.counts.rejected++;
        break;
      case "ambiguous":
        this.counts.ambiguous++;
        break;
      case "trade":
        this.counts.trades++;
        break;
      case "control":
        this.control = body;
        break;
      case "state":
        this.state = body.to;
        this.stateReason = body.reason;
        this.transitions.push(body);
        break;
      case "lock":
        if (body.locked) this.locks.set(body.symbol, body);
        else this.locks.delete(body.symbol);
        break;
      case "external":
        this.#external(body);
        break;
      case "alert":
        this.alerts.push(body);
        if (this.alerts.length > KEPT_ALERTS) this.alerts.shift();
        break;
    }
  }

  #external({ kind, id, symbol, leg, lots, cash_micro: cash }: Extract<JournalBody, { type: "external" }>): void {
    this.externals.add(id);
    if (kind === "transfer") this.depositedMicro += cash;
    if ((kind !== "unassigned" && kind !== "adopt") || symbol === null || leg === null) return;
    const key = `${symbol} ${leg}`;
    const own = this.unassigned.get(key) ?? { symbol, leg, lots: 0, costMicro: 0 };
    own.lots += lots;
    own.costMicro += cash;
    if (own.lots === 0) this.unassigned.delete(key);
    else this.unassigned.set(key, own);
  }
}
