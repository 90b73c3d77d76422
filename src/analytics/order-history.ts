import { assert } from "../lib/assert.ts";
import type {
  EngineEvent,
  FillEvent,
  LapseEvent,
  OrderEvent,
  OrderStatus,
  PartEvent,
  StopEvent,
  WishEvent,
} from "../orchestrator/events.ts";

/** Why an order was made: a net of demands, a cross that needs no order outside, stop exits of one side, or a liquidation. */
export type OrderPurpose = "NET" | "CROSS" | "STOP_SELL" | "STOP_BUY" | "LIQUIDATION";

/** What became of it in the end. */
export type OrderOutcome = "FILLED" | "CROSSED" | "LAPSED" | "SKIPPED";

/** One execution with its attribution. */
export interface Execution {
  readonly fill: FillEvent;
  readonly parts: readonly PartEvent[];
}

/** Everything the events say about one order, from the wishes behind it to its attribution. */
export interface OrderHistory {
  /** Open time of the slice at whose close it was decided; of the slice itself for those that act inside it. */
  readonly timeMs: number;
  readonly symbol: string;
  readonly purpose: OrderPurpose;
  /** The pod whose order it is, with `netting: gross`; null for an order of the account. */
  readonly podId: string | null;
  /** As decided; stop exits and liquidations are always placed. */
  readonly status: OrderStatus;
  /** Lots for the account, signed. */
  readonly netLots: number;
  /** Lots that change hands between pods, ≥ 0. */
  readonly crossedLots: number;
  /** Pods with a demand, in pod order; empty for stops and liquidations. */
  readonly wishes: readonly WishEvent[];
  /** Stops that were reached; empty for decided orders. */
  readonly stops: readonly StopEvent[];
  readonly executions: readonly Execution[];
  readonly lapses: readonly LapseEvent[];
}

/** Whether an order acts inside its slice, instead of being decided at the close and filled at the next open. */
export function actsInside({ purpose }: Pick<OrderHistory, "purpose">): boolean {
  return purpose !== "NET" && purpose !== "CROSS";
}

export function outcomeOf({ purpose, executions, lapses }: OrderHistory): OrderOutcome {
  if (executions.some(({ fill }) => fill.lots !== 0)) return "FILLED";
  if (executions.length > 0) return "CROSSED";
  return lapses.every(({ reason }) => reason === "MIN_NOTIONAL") && purpose !== "CROSS" ? "SKIPPED" : "LAPSED";
}

/** Lots executed on the account, signed; crossing alone is 0. */
export function filledLots({ executions }: OrderHistory): number {
  return executions.reduce((sum, { fill }) => sum + fill.lots, 0);
}

interface Draft extends OrderHistory {
  crossedLots: number;
  podId: string | null;
  readonly stops: StopEvent[];
  readonly executions: { fill: FillEvent; parts: PartEvent[] }[];
  readonly lapses: LapseEvent[];
}

/**
 * Joins events to orders, in the order of decision.
 *
 * An order waits until the next decision on its symbol; what is filled or lapses before that belongs to it. Only the
 * orders of about two slices are held at a time, so a long run streams.
 */
export function* orderHistory(events: Iterable<EngineEvent>): Generator<OrderHistory> {
  const reader = new HistoryReader();
  for (const event of events) yield* reader.take(event);
  yield* reader.end();
}

class HistoryReader {
  /** Not handed out yet, in the order of decision. */
  #open: Draft[] = [];
  /** By symbol: the orders of its last decision; several with `netting: gross`. */
  readonly #pending = new Map<string, Draft[]>();
  #wishes: WishEvent[] = [];
  #stops: StopEvent[] = [];
  /** With `netting: gross` every order names its pod; the first of them comes before anything can be stopped. */
  #gross = false;
  /** The execution that the next parts belong to. */
  #filling: Draft | undefined;

  take(event: EngineEvent): readonly OrderHistory[] {
    switch (event.type) {
      case "wish":
        this.#wishes.push(event);
        return [];
      case "order":
        return this.#decide(event);
      case "stop":
        this.#stops.push(event);
        return [];
      case "fill":
        this.#fill(event);
        return [];
      case "part":
        this.#part(event);
        return [];
      case "lapse":
        this.#lapse(event);
        return [];
      default:
        return [];
    }
  }

  end(): readonly OrderHistory[] {
    const done = this.#open;
    this.#open = [];
    return done;
  }

  /** The first decision of a slice closes everything decided before it. */
  #decide(event: OrderEvent): readonly OrderHistory[] {
    const { timeMs, symbol, podId, status, netLots, crossedLots } = event;
    if (podId !== null) this.#gross = true;
    const last = this.#open.at(-1);
    const done = last === undefined || last.timeMs === timeMs ? [] : this.end();

    this.#wishes = this.#wishes.filter((wish) => wish.timeMs === timeMs && wish.symbol === symbol);
    const wishes = this.#wishes.filter((wish) => podId === null || wish.podId === podId);
    const purpose = status === "CROSSED" ? "CROSS" : "NET";
    const draft: Draft = {
      timeMs,
      symbol,
      purpose,
      podId,
      status,
      netLots,
      crossedLots,
      wishes,
      stops: [],
      executions: [],
      lapses: [],
    };
    const before = this.#pending.get(symbol) ?? [];
    this.#pending.set(symbol, before[0]?.timeMs === timeMs ? [...before, draft] : [draft]);
    this.#open.push(draft);
    return done;
  }

  #fill(fill: FillEvent): void {
    const inside = fill.purpose === "STOP" || fill.purpose === "LIQUIDATION";
    const draft = inside ? this.#insideOrder(fill) : this.#pendingOrder(fill);
    draft.executions.push({ fill, parts: [] });
    this.#filling = draft;
  }

  /** With `netting: gross` a fill does not name its pod: orders fill in the order in which they were decided. */
  #pendingOrder({ symbol, timeMs }: FillEvent): Draft {
    const orders = this.#pending.get(symbol) ?? [];
    const waiting = orders.filter(({ status }) => status !== "SKIPPED");
    const draft = waiting.find(({ executions, podId }) => podId === null || executions.length === 0);
    assert(draft !== undefined, `history: a fill of ${symbol} at ${timeMs} belongs to no order`);
    return draft;
  }

  #insideOrder({ timeMs, symbol, lots, purpose }: FillEvent): Draft {
    const stop = lots < 0 ? "STOP_SELL" : "STOP_BUY";
    const draft: Draft = {
      timeMs,
      symbol,
      purpose: purpose === "LIQUIDATION" ? purpose : stop,
      podId: null,
      status: "PLACED",
      netLots: lots,
      crossedLots: 0,
      wishes: [],
      stops: [],
      executions: [],
      lapses: [],
    };
    this.#open.push(draft);
    return draft;
  }

  #part(part: PartEvent): void {
    const draft = this.#filling;
    assert(draft !== undefined, `history: a part of ${part.podId} at ${part.timeMs} belongs to no fill`);
    const { fill, parts } = draft.executions.at(-1) as Draft["executions"][number];
    parts.push(part);
    if (draft.purpose === "LIQUIDATION") {
      // What the pods move beyond the account's net goes from pod to pod, counted once.
      const moved = parts.reduce((sum, { lots }) => sum + Math.abs(lots), 0);
      draft.crossedLots = Math.max(0, (moved - Math.abs(fill.lots)) / 2);
    }
    if (draft.purpose !== "STOP_SELL" && draft.purpose !== "STOP_BUY") return;
    if (this.#gross) draft.podId = part.podId;
    const own = this.#stops.findIndex(({ podId, symbol }) => podId === part.podId && symbol === part.symbol);
    if (own >= 0) draft.stops.push(...this.#stops.splice(own, 1));
  }

  #lapse(lapse: LapseEvent): void {
    const orders = this.#pending.get(lapse.symbol) ?? [];
    // A skipped order says so right after its decision; any other reason ends what is pending, in the order of decision.
    const concerned =
      lapse.reason === "MIN_NOTIONAL"
        ? orders.at(-1)
        : orders.find(({ status, podId, lapses }) => status !== "SKIPPED" && (podId === null || lapses.length === 0));
    assert(concerned !== undefined, `history: a lapse of ${lapse.symbol} at ${lapse.timeMs} belongs to no order`);
    concerned.lapses.push(lapse);
  }
}
