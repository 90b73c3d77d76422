/** How far the exchange's time can be trusted; see `ExchangeClock.level`. */
export type ClockLevel = "ok" | "warn" | "unsure";

const KEPT = 5;
const WARN_MS = 500;
const UNSURE_MS = 1000;

/**
 * The exchange's time, from measurements of its clock: the median of the last five offsets, each taken at half its round trip.
 * A reading far from the others is set aside until a second one confirms it; until then the clock is unsure, and nobody should
 * sign an order. The local clock need not be right, only steady, and the default is monotonic: steps of the host's time do
 * not reach it.
 */
export class ExchangeClock {
  readonly #local: () => number;
  #offsets: number[] = [];
  /** Half a round trip: what the latest reading may be wrong by. */
  #errorMs = Number.POSITIVE_INFINITY;
  /** Of the latest reading from the estimate before it. */
  #deviationMs = 0;
  #suspect: number | null = null;
  /** The next reading replaces all before it. */
  #mistrusted = false;

  constructor(local: () => number = () => performance.timeOrigin + performance.now()) {
    this.#local = local;
  }

  /** The local clock, ms. */
  local(): number {
    return this.#local();
  }

  /** Epoch ms on the exchange. Before the first reading the local clock's. */
  now(): number {
    return Math.floor(this.#local() + this.offsetMs);
  }

  /** Exchange − local, ms: the median of what was measured, 0 before. */
  get offsetMs(): number {
    return this.#offsets.length === 0 ? 0 : median(this.#offsets);
  }

  /**
   * `unsure`: never measured, or the latest reading is more than 1000 ms off the others or uncertain by that: no new orders.
   * `warn`: by more than 500 ms.
   */
  get level(): ClockLevel {
    const doubt = Math.max(this.#errorMs, Math.abs(this.#deviationMs));
    if (doubt > UNSURE_MS) return "unsure";
    return doubt > WARN_MS ? "warn" : "ok";
  }

  /** One reading: `serverMs` came in a reply that was asked for at `sentMs` and arrived at `receivedMs`, both local. */
  observe(sentMs: number, serverMs: number, receivedMs: number): void {
    const offset = serverMs - (sentMs + receivedMs) / 2;
    this.#errorMs = (receivedMs - sentMs) / 2;
    if (this.#offsets.length === 0 || this.#mistrusted) {
      this.#offsets = [offset];
      this.#deviationMs = 0;
      this.#suspect = null;
      this.#mistrusted = false;
      return;
    }
    this.#deviationMs = offset - this.offsetMs;
    if (Math.abs(this.#deviationMs) <= UNSURE_MS) {
      this.#offsets = [...this.#offsets, offset].slice(-KEPT);
      this.#suspect = null;
    } else if (this.#suspect !== null && Math.abs(offset - this.#suspect) <= WARN_MS) {
      // Two in a row agree: one of the clocks has moved, and what was measured before is of no use.
      this.#offsets = [this.#suspect, offset];
      this.#deviationMs = 0;
      this.#suspect = null;
    } else this.#suspect = offset;
  }

  /** The exchange has just refused a timestamp: unsure until the next reading, which counts alone. */
  reset(): void {
    this.#mistrusted = true;
    this.#errorMs = Number.POSITIVE_INFINITY;
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
