import type { BarColumns } from "../bars.ts";
import { powerOfTen } from "../power-of-ten.ts";
import { DAY_MS } from "../timeframe.ts";
import { largestOf, summableDecimals } from "../volume-decimals.ts";
import type { SymbolProfile } from "./symbol-profile.ts";
import type { TickBars } from "./tick-bars.ts";

/** Bars to write: those whose open lies on the timeframe's grid in [fromMs, endMs). */
export interface BarRange {
  readonly fromMs: number;
  readonly endMs: number;
  readonly timeframeMs: number;
}

/** Columns of one symbol while they are generated: groups the bars of each day to the timeframe wanted. */
export class BarWriter {
  readonly #profile: SymbolProfile;
  readonly #range: BarRange;
  readonly #columns: Record<"timeMs" | "open" | "high" | "low" | "close" | "volume", Float64Array>;
  readonly #priceScale: number;
  #length = 0;

  constructor(profile: SymbolProfile, range: BarRange) {
    this.#profile = profile;
    this.#range = range;
    this.#priceScale = powerOfTen(profile.priceDecimals);
    const { fromMs, endMs, timeframeMs } = range;
    const length = Math.max(0, Math.ceil(endMs / timeframeMs) - Math.ceil(fromMs / timeframeMs));
    const column = () => new Float64Array(length);
    this.#columns = {
      timeMs: column(),
      open: column(),
      high: column(),
      low: column(),
      close: column(),
      volume: column(),
    };
  }

  /** Appends one day that starts at `dayMs`. @param bars the day in equal parts, at least as fine as the timeframe. */
  writeDay(dayMs: number, bars: TickBars): void {
    const { fromMs, endMs, timeframeMs } = this.#range;
    const perBar = (bars.open.length * timeframeMs) / DAY_MS;
    for (let first = 0, timeMs = dayMs; first < bars.open.length; first += perBar, timeMs += timeframeMs) {
      if (timeMs >= fromMs && timeMs < endMs) this.#write(timeMs, bars, first, first + perBar);
    }
  }

  #write(timeMs: number, bars: TickBars, first: number, end: number): void {
    let high = bars.high[first] as number;
    let low = bars.low[first] as number;
    let volume = 0;
    for (let i = first; i < end; i++) {
      high = Math.max(high, bars.high[i] as number);
      low = Math.min(low, bars.low[i] as number);
      volume += bars.volume[i] as number;
    }
    const at = this.#length++;
    const columns = this.#columns;
    columns.timeMs[at] = timeMs;
    columns.open[at] = (bars.open[first] as number) / this.#priceScale;
    columns.high[at] = high / this.#priceScale;
    columns.low[at] = low / this.#priceScale;
    columns.close[at] = (bars.close[end - 1] as number) / this.#priceScale;
    columns.volume[at] = volume;
  }

  /** The finished columns. Call once: volumes turn from units into decimals. */
  finish(): BarColumns {
    const { symbol, volumeDecimals } = this.#profile;
    const { volume } = this.#columns;
    const most = usedDecimals(volume, volumeDecimals);
    const scale = powerOfTen(volumeDecimals);
    for (let i = 0; i < volume.length; i++) volume[i] = (volume[i] as number) / scale;
    return {
      symbol,
      ...this.#columns,
      volumeDecimals: summableDecimals(most, largestOf(volume), this.#range.timeframeMs),
    };
  }
}

/** The most decimals any volume needs, as a file with these volumes would show. */
function usedDecimals(units: Float64Array, decimals: number): number {
  let unused = decimals;
  for (let i = 0; i < units.length && unused > 0; i++) {
    while ((units[i] as number) % powerOfTen(unused) !== 0) unused--;
  }
  return decimals - unused;
}
