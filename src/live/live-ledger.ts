import type {
  AlertRecord,
  ControlRecord,
  HeaderRecord,
  JournalBody,
  LockRecord,
  RunnerState,
  StateRecord,
} from "./journal-records.ts";
import { ReconcileMemory } from "./reconcile/memory.ts";
import { UnassignedBook } from "./reconcile/unassigned.ts";

const KEPT_ALERTS = 50;

/** What is folded from a journal beside the engine: states, locks, operators' wishes, counts. */
export class LiveLedger {
  header: HeaderRecord | null = null;
  configHash: string | null = null;
  state: RunnerState = "BOOT";
  stateReason = "";
  control: ControlRecord = { type: "control", mode: "RUNNING", flatten: false, symbols: [], pods: [] };
  readonly locks = new Map<string, LockRecord>();
  /** Exposure of the account that no pod ordered (spec 5.4). */
  readonly unassigned = new UnassignedBook();
  /** What reconciliation must know after a restart. */
  readonly reconciled = new ReconcileMemory();
  /** Transfers in less those out, micro-units. */
  depositedMicro = 0;
  /** The newest ones. */
  readonly alerts: AlertRecord[] = [];
  readonly transitions: StateRecord[] = [];
  readonly counts = { slices: 0, traded: 0, decisions: 0, orders: 0, trades: 0, rejected: 0, ambiguous: 0, records: 0 };

  apply(body: JournalBody): void {
    this.counts.records++;
    this.unassigned.apply(body);
    this.reconciled.apply(body);
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
        if (body.kind === "transfer") this.depositedMicro += body.cash_micro;
        break;
      case "alert":
        this.alerts.push(body);
        if (this.alerts.length > KEPT_ALERTS) this.alerts.shift();
        break;
    }
  }
}
