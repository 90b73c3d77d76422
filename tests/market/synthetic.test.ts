// Goal: the synthetic market keeps its promises: the same for ever, the same from every angle, and alive.

import { describe, expect, it } from "vitest";
import type { BarColumns } from "../../src/market/bars.ts";
import { hashBars } from "../../src/market/market-hash.ts";
import { MarketFactor } from "../../src/market/synthetic/market-factor.ts";
import { symbolProfile } from "../../src/market/synthetic/symbol-profile.ts";
import { SYNTHETIC_START_MS, syntheticBars } from "../../src/market/synthetic.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, timeframeMs } from "../../src/market/timeframe.ts";

const SYMBOLS = ["ADA", "AVAX", "BNB", "BTC", "DOGE", "ETH", "LINK", "SOL"].map((base) => `${base}/USDT`);
const END = Date.UTC(2026, 0, 1);
const COLUMNS = ["timeMs", "open", "high", "low", "close", "volume"] as const;

const daily = (seed: number, symbols: readonly string[], endMs = END) =>
  syntheticBars({ seed, symbols, timeframe: "1D", endMs });
const one = (bars: BarColumns[]): BarColumns => {
  expect(bars).toHaveLength(1);
  return bars[0] as BarColumns;
};
const btc = (timeframe: string, fromMs: number, endMs: number, symbols = ["BTC/USDT"]) =>
  one(syntheticBars({ seed: 1, symbols, timeframe, fromMs, endMs }));

/** The same aggregation as the engine's: prices by comparison, volumes in whole units. */
function aggregate(bars: BarColumns, length: number): Omit<BarColumns, "symbol" | "volumeDecimals"> {
  const starts = [...bars.timeMs].flatMap((ms, i) => (ms % length === 0 ? [i] : []));
  const groups = starts.map((start, k) => [start, starts[k + 1] ?? bars.timeMs.length] as const);
  const scale = Number(`1e${bars.volumeDecimals}`);
  const pick = (f: (start: number, end: number) => number) =>
    Float64Array.from(groups, ([start, end]) => f(start, end));
  return {
    timeMs: pick((start) => bars.timeMs[start] as number),
    open: pick((start) => bars.open[start] as number),
    high: pick((start, end) => Math.max(...bars.high.subarray(start, end))),
    low: pick((start, end) => Math.min(...bars.low.subarray(start, end))),
    close: pick((_, end) => bars.close[end - 1] as number),
    volume: pick(
      (start, end) => bars.volume.subarray(start, end).reduce((sum, v) => sum + Math.round(v * scale), 0) / scale,
    ),
  };
}

function columnsOf(bars: Pick<BarColumns, (typeof COLUMNS)[number]>) {
  return Object.fromEntries(COLUMNS.map((name) => [name, bars[name]]));
}

describe("determinism", () => {
  it("is the market it has always been", () => {
    // A change of this hash changes every backtest on the synthetic market: make it on purpose or not at all.
    expect(hashBars(daily(1, ["BTC/USDT"]), "1D")).toBe(
      "b8435795003a10aaf5499f7c0d7aa33631c6ec9a500a2611ac967a99b3542c5c",
    );
    expect(hashBars([btc("1m", Date.UTC(2024, 1, 29), Date.UTC(2024, 2, 1))], "1m")).toBe(
      "4f8cbc89ea53d922948a3a14a1729ae3335c0119f3b6d7bec708329a50b32e6b",
    );
  });

  it("gives the same bars twice, and others for another seed or symbol", () => {
    expect(daily(1, SYMBOLS)).toEqual(daily(1, SYMBOLS));
    const hashes = [daily(1, ["BTC/USDT"]), daily(2, ["BTC/USDT"]), daily(2 ** 32 + 1, ["BTC/USDT"])].map((bars) =>
      hashBars(bars, "1D"),
    );
    expect(new Set(hashes).size).toBe(3);
    expect(one(daily(1, ["AAA/USDT"])).close).not.toEqual(one(daily(1, ["BBB/USDT"])).close);
  });

  it.each(["1D", "4h", "1h", "15m"])("a longer range begins with the same %s bars", (timeframe) => {
    const from = Date.UTC(2020, 0, 1);
    const long = btc(timeframe, from, Date.UTC(2020, 0, 20));
    const short = btc(timeframe, from, Date.UTC(2020, 0, 10, 12));
    const late = btc(timeframe, Date.UTC(2020, 0, 5, 8), Date.UTC(2020, 0, 20));
    for (const name of COLUMNS) {
      expect(short[name]).toEqual(long[name].slice(0, short.timeMs.length));
      expect(late[name]).toEqual(long[name].slice(-late.timeMs.length));
    }
    expect(short.timeMs).toHaveLength(Math.ceil((9.5 * DAY_MS) / (timeframeMs(timeframe) as number)));
    expect(late.timeMs[0]).toBeGreaterThanOrEqual(Date.UTC(2020, 0, 5, 8));
  });

  it.each(["1D", "1h", "1m"])("other symbols do not change the %s bars of a symbol", (timeframe) => {
    const range = { seed: 1, timeframe, fromMs: Date.UTC(2019, 5, 1), endMs: Date.UTC(2019, 5, 4) };
    const alone = syntheticBars({ ...range, symbols: ["ETH/USDT"] });
    const together = syntheticBars({ ...range, symbols: ["SOL/USDT", "ETH/USDT", "XYZ/EUR", "ETH/USDT"] });
    expect(together.map((bars) => bars.symbol)).toEqual(["ETH/USDT", "SOL/USDT", "XYZ/EUR"]);
    expect([together[0]]).toEqual(alone);
  });
});

describe("timeframes agree", () => {
  it.each(SYMBOLS)("minutes → hours → days of %s, exactly", (symbol) => {
    const [from, end] = [Date.UTC(2021, 2, 1), Date.UTC(2021, 2, 8)];
    const minutes = btc("1m", from, end, [symbol]);
    const hours = btc("1h", from, end, [symbol]);
    const days = btc("1D", from, end, [symbol]);
    expect(minutes.timeMs).toHaveLength(7 * 1440);
    expect(aggregate(minutes, HOUR_MS)).toEqual(columnsOf(hours));
    expect(aggregate(minutes, DAY_MS)).toEqual(columnsOf(days));
    expect(aggregate(hours, DAY_MS)).toEqual(columnsOf(days));
    expect(aggregate(minutes, 45 * MINUTE_MS)).toEqual(columnsOf(btc("45m", from, end, [symbol])));
    expect(aggregate(hours, 4 * HOUR_MS)).toEqual(columnsOf(btc("4h", from, end, [symbol])));
  });

  it("every bar is sound and on its grid", () => {
    for (const bars of [...daily(3, SYMBOLS), btc("1m", Date.UTC(2020, 2, 1), Date.UTC(2020, 2, 11), ["DOGE/USDT"])]) {
      const step = (bars.timeMs[1] as number) - (bars.timeMs[0] as number);
      for (let i = 0; i < bars.timeMs.length; i++) {
        const [open, high, low, close] = [bars.open[i], bars.high[i], bars.low[i], bars.close[i]] as number[];
        const isSound =
          (low as number) > 0 &&
          (low as number) <= Math.min(open as number, close as number) &&
          (high as number) >= Math.max(open as number, close as number) &&
          (bars.volume[i] as number) >= 0 &&
          bars.timeMs[i] === (bars.timeMs[0] as number) + i * step;
        expect(isSound, `${bars.symbol} ${i}`).toBe(true);
      }
    }
  });

  it("opens are near the close before, but not the same", () => {
    const { open, close } = one(daily(1, ["BTC/USDT"]));
    const gaps = [...open].slice(1).map((price, i) => price / (close[i] as number) - 1);
    expect(Math.max(...gaps.map(Math.abs))).toBeLessThan(0.005);
    expect(gaps.filter((gap) => gap === 0).length / gaps.length).toBeLessThan(0.1);
  });
});

describe("character", () => {
  const returnsOf = ({ close }: BarColumns) =>
    [...close].slice(1).map((price, i) => Math.log(price / (close[i] as number)));

  it("starts on 2019-01-01 for every name, near a known price", () => {
    const bars = daily(5, [...SYMBOLS, "NEW-THING/EUR", ""]);
    for (const { timeMs } of bars) expect(timeMs[0]).toBe(SYNTHETIC_START_MS);
    expect(one(daily(5, ["BTC/USDT"])).open[0]).toBeCloseTo(3740, -2);
    expect(daily(1, ["BTC/USDT"], SYNTHETIC_START_MS)[0]?.timeMs).toHaveLength(0);
  });

  it("prices and volatilities stay sane over eight years, seeds 1 to 20", () => {
    for (let seed = 1; seed <= 20; seed++) {
      for (const bars of daily(seed, [...SYMBOLS, "XYZ/USDT"], Date.UTC(2027, 0, 1))) {
        const { startPrice } = symbolProfile(bars.symbol);
        const label = `seed ${seed} ${bars.symbol}`;
        expect(Math.min(...bars.low) / startPrice, label).toBeGreaterThan(0.02);
        expect(Math.max(...bars.high) / startPrice, label).toBeLessThan(500);
        const returns = returnsOf(bars);
        const annual = Math.sqrt((returns.reduce((sum, r) => sum + r * r, 0) / returns.length) * 365);
        expect(annual, label).toBeGreaterThan(0.45);
        expect(annual, label).toBeLessThan(1.15);
      }
    }
  });

  it("symbols move together, by days and by hours", () => {
    for (const seed of [1, 2, 3]) {
      const days = daily(seed, SYMBOLS).map(returnsOf);
      const range = { seed, symbols: SYMBOLS, fromMs: Date.UTC(2022, 0, 1), endMs: Date.UTC(2022, 3, 1) };
      const hours = syntheticBars({ ...range, timeframe: "1h" }).map(returnsOf);
      for (const returns of [days, hours])
        for (let a = 0; a < returns.length; a++)
          for (let b = 0; b < a; b++) {
            expect(correlation(returns[a] as number[], returns[b] as number[])).toBeGreaterThan(0.3);
          }
    }
  });

  it("volatility clusters: large days follow large days", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      for (const bars of daily(seed, ["BTC/USDT", "ETH/USDT"])) {
        const size = returnsOf(bars).map(Math.abs);
        // Independent days: standard error 0.02.
        expect(correlation(size.slice(1), size.slice(0, -1))).toBeGreaterThan(0.06);
        expect(correlation(size.slice(10), size.slice(0, -10))).toBeGreaterThan(0);
      }
    }
  });

  it("minutes add up to the volatility of days", () => {
    const squares = (timeframe: string) =>
      returnsOf(btc(timeframe, Date.UTC(2022, 0, 1), Date.UTC(2022, 2, 1))).reduce((sum, r) => sum + r * r, 0);
    // Days have the drift of their regime on top; a month of them is a small sample.
    const ratio = squares("1m") / squares("1D");
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it("has bulls, bears, chop and crashes, of weeks to months", () => {
    const spells: { regime: string; days: number }[] = [];
    const factor = new MarketFactor(1);
    for (let day = 0; day < 3000; day++) {
      const { regime } = factor.next();
      const last = spells.at(-1);
      if (last?.regime === regime) last.days++;
      else spells.push({ regime, days: 1 });
    }
    expect(new Set(spells.map((spell) => spell.regime))).toEqual(new Set(["bull", "bear", "chop", "crash"]));
    for (const { regime, days } of spells.slice(0, -1)) {
      expect(days).toBeGreaterThanOrEqual(regime === "crash" ? 3 : 20);
      expect(days).toBeLessThanOrEqual(150);
    }
  });

  it("trend following works in some years and fails in others", () => {
    const years: number[] = [];
    for (let seed = 1; seed <= 10; seed++) {
      const returns = returnsOf(one(daily(seed, ["BTC/USDT"])));
      for (let start = 30; start + 365 <= returns.length; start += 365) {
        let total = 0;
        for (let i = start; i < start + 365; i++) {
          const momentum = returns.slice(i - 30, i).reduce((sum, r) => sum + r, 0);
          total += Math.sign(momentum) * (returns[i] as number);
        }
        years.push(total);
      }
    }
    const lost = years.filter((total) => total < 0).length / years.length;
    expect(lost).toBeGreaterThan(0.15);
    expect(lost).toBeLessThan(0.6);
    expect(years.reduce((sum, total) => sum + total, 0)).toBeGreaterThan(0);
  });

  it("volumes are plausible: positive, uneven, worth about the symbol's turnover", () => {
    for (const bars of daily(1, SYMBOLS)) {
      const { dailyTurnover, volumeDecimals } = symbolProfile(bars.symbol);
      const turnover = [...bars.volume].map((volume, i) => (volume * (bars.close[i] as number)) / dailyTurnover);
      const mean = turnover.reduce((sum, x) => sum + x, 0) / turnover.length;
      expect(Math.min(...bars.volume)).toBeGreaterThan(0);
      expect(mean).toBeGreaterThan(0.5);
      expect(mean).toBeLessThan(2);
      expect(bars.volumeDecimals).toBeLessThanOrEqual(volumeDecimals);
    }
    const minutes = btc("1m", Date.UTC(2022, 0, 1), Date.UTC(2022, 0, 2)).volume;
    expect(new Set(minutes).size).toBeGreaterThan(1000);
  });

  it("prices have few digits: ticks by the symbol's price", () => {
    const decimals = SYMBOLS.map((symbol) => [symbol.split("/")[0], symbolProfile(symbol).priceDecimals]);
    expect(Object.fromEntries(decimals)).toEqual({ ADA: 6, AVAX: 4, BNB: 4, BTC: 2, DOGE: 7, ETH: 2, LINK: 5, SOL: 4 });
    for (const price of one(daily(1, ["BTC/USDT"])).close) expect(price).toBe(Number(price.toFixed(2)));
  });
});

it("refuses what is a bug in the caller", () => {
  const request = { seed: 1, symbols: ["BTC/USDT"], timeframe: "1D", endMs: END };
  expect(() => syntheticBars({ ...request, timeframe: "7m" })).toThrow("7m is not a timeframe");
  expect(() => syntheticBars({ ...request, seed: 0.5 })).toThrow("seed 0.5");
  expect(() => syntheticBars({ ...request, seed: -1 })).toThrow("seed -1");
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [(a[i] as number) - meanA, (b[i] as number) - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return ab / Math.sqrt(aa * bb);
}
