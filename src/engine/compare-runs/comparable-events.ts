import { microText } from "../../analytics/exact-decimal.ts";
import { type EventSource, quantitiesOf } from "../../analytics/tables/event-source.ts";
import { decodeEvents, type EngineEvent, RECORD_LENGTH, TAG } from "../../orchestrator/events.ts";

export type EventValue = string | number | boolean | null;

/** An event as values that mean the same in every run: quantities and money as exact decimals, names for indexes. */
export interface ComparableEvent {
  /** Tells events of a slice apart: what kind, of which symbol, of which pod. */
  readonly key: string;
  readonly type: EngineEvent["type"];
  readonly symbol: string | null;
  readonly pod_id: string | null;
  readonly values: Readonly<Record<string, EventValue>>;
}

/** The events of one slice, in order. */
export interface SliceEvents {
  /** Open of the slice, epoch ms UTC. */
  readonly timeMs: number;
  readonly events: readonly ComparableEvent[];
}

/** The events of a run that `takes` wants, by slice, from record `from` on (the start of a slice). */
export function* comparableSlices(
  source: EventSource,
  from: number,
  takes: (event: EngineEvent) => boolean = () => true,
): Generator<SliceEvents> {
  const names = {
    podIds: source.pods.map(({ podId }) => podId),
    symbols: source.symbols.map(({ symbol }) => symbol),
  };
  const quantity = quantitiesOf(source);
  let slice: { timeMs: number; events: ComparableEvent[] } | null = null;
  for (const event of decodeEvents(source.records.subarray(from), names)) {
    if (!takes(event)) continue;
    if (slice !== null && slice.timeMs !== event.timeMs) {
      yield slice;
      slice = null;
    }
    slice ??= { timeMs: event.timeMs, events: [] };
    slice.events.push(comparable(event, quantity));
  }
  if (slice !== null) yield slice;
}

function comparable(event: EngineEvent, quantity: (symbol: string, lots: number) => string): ComparableEvent {
  const { type, timeMs: _time, ...rest } = event;
  const { symbol = null, podId = null, ...fields } = rest as { symbol?: string; podId?: string | null };
  const values = Object.entries(fields as Record<string, EventValue>).map(([name, value]) => {
    if (name.endsWith("Micro")) return [name.slice(0, -"Micro".length), microText(value as number)];
    if (/lots/i.test(name) && symbol !== null)
      return [name.replace(/lots/i, "Quantity"), quantity(symbol, value as number)];
    return [name, value];
  });
  const named = values.map(([name, value]) => [snakeCase(name as string), value]);
  return { key: `${type} ${symbol} ${podId}`, type, symbol, pod_id: podId, values: Object.fromEntries(named) };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^_/, "");
}

/**
 * Where the slice begins in which two runs stop being the same records: all before it is equal, bit for bit. 0 when names
 * or lot steps differ, because the same record then means something else.
 */
export function commonPrefix(a: EventSource, b: EventSource): number {
  if (JSON.stringify([a.pods, a.symbols]) !== JSON.stringify([b.pods, b.symbols])) return 0;
  const length = Math.min(a.records.length, b.records.length);
  let equal = 0;
  while (equal < length && Object.is(a.records[equal], b.records[equal])) equal++;
  let start = 0;
  for (let at = 0; at < equal; at += RECORD_LENGTH[a.records[at] as number] as number) {
    if (a.records[at] === TAG.slice) start = at;
  }
  return start;
}
