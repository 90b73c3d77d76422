import type { EventSource } from "../../analytics/tables/event-source.ts";
import { msToIso } from "../../lib/utc.ts";
import type { EngineEvent } from "../../orchestrator/events.ts";
import {
  type ComparableEvent,
  commonPrefix,
  comparableSlices,
  type EventValue,
  type SliceEvents,
} from "./comparable-events.ts";

/** The first thing that two runs did not do alike. */
export interface Divergence {
  /** Open time of its slice, ISO 8601 UTC. */
  readonly slice: string;
  readonly type: EngineEvent["type"];
  readonly symbol: string | null;
  readonly pod_id: string | null;
  /** The run in which nothing like it happened; null = both, with other values. */
  readonly missing_in: "a" | "b" | null;
  /** Every value of it, those that agree included; null where it is missing. */
  readonly values: readonly { readonly name: string; readonly a: EventValue; readonly b: EventValue }[];
}

export interface Divergences {
  /** Of everything that happened: wishes, fills, funding, transfers, life cycle. Null = nothing differs. */
  readonly first: Divergence | null;
  /** Of orders: what was sent, crossed or skipped, and what stops and liquidations sold or bought. */
  readonly first_order: Divergence | null;
}

/** Finds where two runs part. Long equal beginnings are compared as bytes and cost next to nothing. */
export function findDivergences(a: EventSource, b: EventSource): Divergences {
  const from = commonPrefix(a, b);
  const first = firstDifference(comparableSlices(a, from), comparableSlices(b, from));
  const first_order =
    first === null ? null : firstDifference(comparableSlices(a, from, isOrder), comparableSlices(b, from, isOrder));
  return { first, first_order };
}

function isOrder(event: EngineEvent): boolean {
  if (event.type === "order") return true;
  return event.type === "fill" && (event.purpose === "STOP" || event.purpose === "LIQUIDATION");
}

function firstDifference(a: Iterator<SliceEvents>, b: Iterator<SliceEvents>): Divergence | null {
  for (;;) {
    const [own, other] = [next(a), next(b)];
    if (own === null && other === null) return null;
    const [ownMs, otherMs] = [own?.timeMs ?? Number.POSITIVE_INFINITY, other?.timeMs ?? Number.POSITIVE_INFINITY];
    const timeMs = Math.min(ownMs, otherMs);
    // A slice in which only one run did something.
    const found = differenceIn(ownMs === timeMs ? own : null, otherMs === timeMs ? other : null, timeMs);
    if (found !== null) return found;
  }
}

function next(slices: Iterator<SliceEvents>): SliceEvents | null {
  const { done, value } = slices.next();
  return done === true ? null : value;
}

function differenceIn(own: SliceEvents | null, other: SliceEvents | null, timeMs: number): Divergence | null {
  const [a, b] = [own?.events ?? [], other?.events ?? []];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [left, right] = [a[i], b[i]];
    if (left?.key === right?.key) {
      if (left === undefined || right === undefined || isSame(left, right)) continue;
      return divergence(timeMs, left, right);
    }
    // One of the two is more than the other run did: the one that has no partner later.
    const isExtra = left !== undefined && !b.slice(i).some(({ key }) => key === left.key);
    return isExtra || right === undefined
      ? divergence(timeMs, left as ComparableEvent, null)
      : divergence(timeMs, null, right);
  }
  return null;
}

function isSame({ values: a }: ComparableEvent, { values: b }: ComparableEvent): boolean {
  return Object.keys(a).every((name) => Object.is(a[name], b[name]));
}

function divergence(timeMs: number, a: ComparableEvent | null, b: ComparableEvent | null): Divergence {
  const { type, symbol, pod_id, values } = (a ?? b) as ComparableEvent;
  return {
    slice: msToIso(timeMs),
    type,
    symbol,
    pod_id,
    missing_in: a === null ? "a" : b === null ? "b" : null,
    values: Object.keys(values).map((name) => ({
      name,
      a: a?.values[name] ?? null,
      b: b?.values[name] ?? null,
    })),
  };
}
