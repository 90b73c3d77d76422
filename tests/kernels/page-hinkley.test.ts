// Goal: the detector is river's `down` statistic with the sign turned, in each of its forms to the bit, and the life cycle
// feeds it standardised returns.
// Method: golden alarm positions of river, an oracle written from the definition, and properties (silence on a constant,
// detection of a drop, bits equal between step, run and tick).

import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../src/kernels/load.ts";
import { DegradationDetector, PageHinkleyDetector, type PageHinkleySettings } from "../../src/kernels/page-hinkley.ts";
import golden from "../golden/page-hinkley.json" with { type: "json" };
import { normal } from "../support/matrices.ts";
import { plainKernels } from "../support/plain-kernels.ts";

const DEFAULTS: PageHinkleySettings = { delta: 0.005, lambda: 50, alpha: 0.9999 };
const SIGMA: PageHinkleySettings = { delta: 0.1, lambda: 8, alpha: 1 };

/** Scores from the definition of spec 4.4, every mean from scratch; inputs that are not finite leave the score. */
function naiveScores(xs: readonly number[], { delta, alpha }: PageHinkleySettings): number[] {
  const seen: number[] = [];
  let [m, low, score] = [0, Number.POSITIVE_INFINITY, 0];
  return xs.map((x) => {
    if (!Number.isFinite(x)) return score;
    seen.push(x);
    const mean = seen.reduce((a, b) => a + b, 0) / seen.length;
    m = alpha * m + (mean - x - delta);
    low = Math.min(low, m);
    score = m - low;
    return score;
  });
}

const noisy = (n: number, seed: number, mean = 0) => {
  const draw = normal(seed);
  return Array.from({ length: n }, () => mean + draw());
};

describe.each([
  ["wasm", instantiateKernels],
  ["plain", plainKernels],
])("page-hinkley (%s)", (_, make) => {
  const detector = (settings: PageHinkleySettings, streams = 1) =>
    new PageHinkleyDetector(make(20_000), settings, streams);

  const alarmsOf = (xs: readonly number[], settings: PageHinkleySettings): number[] => {
    const d = detector(settings);
    return xs.flatMap((x, t) => (d.step(x) ? [t] : []));
  };

  /** One stream through the batch kernel: scores, alarms and the state it ends in. */
  const run = (xs: readonly number[], settings: PageHinkleySettings, chunk = xs.length) => {
    const kernels = make(8 * (3 * xs.length + 100));
    const { exports, arena } = kernels;
    const n = xs.length;
    const at = {
      settings: arena.f64(5),
      state: arena.f64(5),
      values: arena.f64(n),
      scores: arena.f64(n),
      alarms: arena.i32(n),
    };
    const { delta, lambda, alpha, minInputs = 30, resetAfterAlarm = false } = settings;
    arena.viewF64(at.settings, 5).set([delta, lambda, alpha, minInputs, resetAfterAlarm ? 1 : 0]);
    arena.viewF64(at.values, n).set(xs);
    const alarms: number[] = [];
    for (let from = 0; from < n; from += chunk) {
      const part = Math.min(chunk, n - from);
      const found = exports.pageHinkleyRun(
        at.settings,
        at.state,
        at.values + 8 * from,
        part,
        at.scores + 8 * from,
        at.alarms,
      );
      alarms.push(...[...arena.viewI32(at.alarms, n).subarray(0, found)].map((t) => from + t));
    }
    return { scores: [...arena.viewF64(at.scores, n)], alarms, state: [...arena.viewF64(at.state, 5)] };
  };

  it.each(golden.cases)("golden: $id", ({ stream, params, expect: expected, finalStatNoReset, tolerance }) => {
    const { delta, threshold: lambda, alpha, minInstances: minInputs } = params;
    const settings = { delta, lambda, alpha, minInputs, resetAfterAlarm: true };
    expect(alarmsOf(stream, settings)).toEqual(expected["river:down"]);
    expect(run(stream, settings).alarms).toEqual(expected["river:down"]);

    const endless = detector({ ...settings, resetAfterAlarm: false });
    for (const x of stream) endless.step(x);
    const final = finalStatNoReset.down;
    expect(Math.abs(endless.score() - final)).toBeLessThanOrEqual(tolerance.statRel * Math.max(1, final));
    // The first alarm does not depend on the switch.
    expect(alarmsOf(stream, { ...settings, resetAfterAlarm: false })[0]).toBe(expected["river:down"][0]);
  });

  it("river's `up` is the detector on the mirrored stream", () => {
    for (const { stream, params, expect: expected } of golden.cases) {
      const settings = { delta: params.delta, lambda: params.threshold, alpha: params.alpha, resetAfterAlarm: true };
      const mirrored = stream.map((x) => -x);
      expect(alarmsOf(mirrored, settings)).toEqual(expected["river:up"]);
    }
  });

  it.each([DEFAULTS, SIGMA, { delta: 0, lambda: 5, alpha: 0.9 }])("scores equal the definition, %o", (settings) => {
    const xs = noisy(400, 3).map((x, t) => (t % 50 === 49 ? Number.NaN : x - (t > 200 ? 0.5 : 0)));
    const d = detector(settings);
    const expected = naiveScores(xs, settings);
    xs.forEach((x, t) => {
      const alarm = d.step(x);
      expect(d.score()).toBeCloseTo(expected[t] ?? Number.NaN, 9);
      expect(d.score()).toBeGreaterThanOrEqual(0);
      if (Number.isFinite(x)) expect(d.alarmed()).toBe(alarm);
      if (alarm) expect(d.score()).toBeGreaterThan(settings.lambda);
    });
  });

  it("is silent on a constant, at every level", () => {
    for (const level of [0, 1, -3, 0.1, 1e6]) {
      expect(alarmsOf(new Array(2000).fill(level), { ...DEFAULTS, lambda: 1e-3 })).toEqual([]);
    }
  });

  it("finds a drop of one deviation soon, and no rise", () => {
    const before = noisy(300, 5);
    const first = alarmsOf([...before, ...noisy(200, 6, -1)], { ...SIGMA, lambda: 30 })[0] ?? Number.NaN;
    expect(first).toBeGreaterThan(300);
    expect(first).toBeLessThan(350);
    expect(alarmsOf([...before, ...noisy(200, 6, 1)], { ...SIGMA, lambda: 30 })).toEqual([]);
  });

  it("no alarm before the 30th input, and the alarm stays while the score is high", () => {
    const xs = [...new Array(10).fill(0), ...new Array(60).fill(-100)];
    const alarms = alarmsOf(xs, DEFAULTS);
    expect(alarms[0]).toBe(29);
    expect(alarms).toHaveLength(41);
    expect(alarmsOf(xs, { ...DEFAULTS, minInputs: 12 })[0]).toBe(11);
    expect(alarmsOf(xs, { ...DEFAULTS, resetAfterAlarm: true })).toEqual([29]);
  });

  it("NaN and Infinity change nothing, not even after an alarm", () => {
    const xs = noisy(100, 8);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const d = detector({ ...SIGMA, resetAfterAlarm: true });
      for (const x of [...xs, ...new Array(60).fill(-5)]) if (d.step(x)) break;
      expect(d.alarmed()).toBe(true);
      const before = [...d.state];
      expect(d.step(bad)).toBe(false);
      expect([...d.state]).toEqual(before);
    }
  });

  it("step, run in any chunks and tick agree to the bit", () => {
    const streams = 7;
    const columns = Array.from({ length: streams }, (_, s) =>
      noisy(200, 20 + s).map((x, t) => ((t + s) % 31 === 0 ? Number.NaN : t > 120 ? x - s / 3 : x)),
    );
    for (const resetAfterAlarm of [false, true]) {
      const settings = { ...SIGMA, resetAfterAlarm };
      const many = detector(settings, streams);
      const singles = columns.map(() => detector(settings));
      const batches = columns.map((xs) => run(xs, settings));
      const chunked = columns.map((xs) => run(xs, settings, 17));
      expect(chunked).toEqual(batches);
      const ticked: number[][] = columns.map(() => []);
      for (let t = 0; t < 200; t++) {
        const scores = many.tick(columns.map((xs) => xs[t] ?? 0));
        singles.forEach((single, s) => {
          const x = columns[s]?.[t] ?? 0;
          if (single.step(x)) ticked[s]?.push(t);
          expect(scores[s]).toBe(single.score());
          expect(batches[s]?.scores[t]).toBe(single.score());
          expect(many.score(s)).toBe(single.score());
          expect(many.alarmed(s)).toBe(single.alarmed());
        });
      }
      expect(batches.map(({ alarms }) => alarms)).toEqual(ticked);
      singles.forEach((single, s) => {
        expect(batches[s]?.state).toEqual([...single.state]);
      });
      expect(ticked.some((alarms) => alarms.length > 0)).toBe(true);
    }
  });

  it.each([1, 2, 5, 6])("a tick of %i streams counts its alarms, in pairs and alone", (streams) => {
    const { exports, arena } = make(20_000);
    const [settings, state] = [arena.f64(5), arena.f64(exports.pageHinkleyLength(streams))];
    const [values, scores] = [arena.f64(streams), arena.f64(streams)];
    arena.viewF64(settings, 5).set([0.1, 8, 1, 30, 0]);
    for (let t = 0; t < 60; t++) {
      // Stream s falls from day 30 + s on, every third never.
      arena.viewF64(values, streams).forEach((_, s, view) => {
        view[s] = s % 3 === 2 || t < 30 + s ? 0 : -20;
      });
      const found = exports.pageHinkleyTick(settings, state, streams, values, scores);
      const alarmed = [...Array(streams).keys()].filter((s) => exports.pageHinkleyAlarm(state, streams, s) === 1);
      expect(found).toBe(alarmed.length);
      expect(alarmed).toEqual([...Array(streams).keys()].filter((s) => s % 3 !== 2 && t >= 30 + s));
    }
    for (let s = 0; s < streams; s++) exports.pageHinkleyRestart(state, streams, s);
    expect(arena.viewF64(state, exports.pageHinkleyLength(streams)).every((x) => x === 0)).toBe(true);
  });

  it("a restart forgets one stream and no other", () => {
    const d = detector(SIGMA, 2);
    for (const x of noisy(50, 1)) d.tick([x, x]);
    d.restart(0);
    expect(d.score(0)).toBe(0);
    expect(d.score(1)).toBeGreaterThan(0);
    expect([...d.state].filter((x) => x !== 0).length).toBeGreaterThan(2);
  });

  it("throws on settings and streams that are bugs in the caller", () => {
    expect(() => detector({ ...DEFAULTS, delta: -1 })).toThrow("delta -1");
    expect(() => detector({ ...DEFAULTS, delta: Number.POSITIVE_INFINITY })).toThrow("delta");
    expect(() => detector({ ...DEFAULTS, lambda: 0 })).toThrow("lambda 0");
    expect(() => detector({ ...DEFAULTS, alpha: 0 })).toThrow("alpha 0");
    expect(() => detector({ ...DEFAULTS, alpha: 1.1 })).toThrow("alpha 1.1");
    expect(() => detector(DEFAULTS).step(1, 1)).toThrow("stream 1 of 1");
    expect(() => detector(DEFAULTS, 2).tick([1])).toThrow("1 inputs for 2 streams");
    expect(() => new DegradationDetector(make(1000), DEFAULTS, 1).score(1)).toThrow("pod 1 of 1");
  });

  describe("as the life cycle feeds it", () => {
    const degradation = (settings = SIGMA, pods = 1) => new DegradationDetector(make(20_000), settings, pods);

    /** From the definition: mean and deviation of the counting days before today, from scratch. */
    const standardise = (returns: readonly number[]): (number | null)[] =>
      returns.map((r, t) => {
        if (t < 30) return null;
        const past = returns.slice(0, t);
        const mean = past.reduce((a, b) => a + b, 0) / t;
        const deviation = Math.sqrt(past.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (t - 1));
        return Math.max(-5, Math.min(5, (r - mean) / deviation));
      });

    it("scores the standardised returns, from the 31st counting day on", () => {
      const returns = noisy(300, 4).map((x, t) => 0.001 + 0.01 * x - (t > 200 ? 0.02 : 0) + (t % 60 === 59 ? 0.3 : 0));
      const z = standardise(returns);
      const fed = z.filter((x) => x !== null);
      const expected = [...new Array(30).fill(0), ...naiveScores(fed, SIGMA)];
      const d = degradation();
      const alarms: number[] = [];
      returns.forEach((r, t) => {
        if (d.day(0, r, true)) alarms.push(t);
        expect(d.score(0)).toBeCloseTo(expected[t] ?? Number.NaN, 9);
      });
      // 30 days to learn the deviation, 30 inputs before an alarm.
      expect(alarms[0]).toBe(expected.findIndex((score, t) => t >= 59 && score > SIGMA.lambda));
      expect(z.filter((x) => x === 5).length).toBeGreaterThan(2);
    });

    it("does not depend on the scale of the returns", () => {
      const returns = noisy(200, 12);
      const [one, tiny] = [degradation(), degradation()];
      for (const r of returns) {
        one.day(0, r, true);
        tiny.day(0, r * 2 ** -20, true);
        expect(tiny.score(0)).toBe(one.score(0));
      }
      one.day(0, -3, true);
      expect(one.score(0)).toBeGreaterThan(0);
    });

    it("days that do not count and returns that are not finite change nothing", () => {
      const returns = noisy(100, 13);
      const [dense, sparse] = [degradation(), degradation()];
      for (const r of returns) {
        dense.day(0, r, true);
        expect(sparse.day(0, 99, false)).toBe(false);
        expect(sparse.day(0, Number.NaN, true)).toBe(false);
        expect(sparse.day(0, Number.NEGATIVE_INFINITY, true)).toBe(false);
        sparse.day(0, r, true);
      }
      expect([...sparse.state]).toEqual([...dense.state]);
    });

    it("a restart keeps the moments: the next day is scored at once, an alarm needs 30 inputs again", () => {
      const d = degradation({ ...SIGMA, lambda: 0.5 });
      for (const r of noisy(80, 14)) d.day(0, r, true);
      d.restart(0);
      expect(d.score(0)).toBe(0);
      const days = Array.from({ length: 40 }, (_, t) => ({ alarm: d.day(0, -0.1 * t, true), score: d.score(0) }));
      expect(days[6]?.score).toBeGreaterThan(0);
      expect(days[10]?.score).toBeGreaterThan(0.5);
      expect(days.findIndex(({ alarm }) => alarm)).toBe(29);
    });

    it("returns without spread: the mean itself is 0, anything else is at the limit", () => {
      const d = degradation();
      for (let t = 0; t < 35; t++) d.day(0, 0.25, true);
      expect(d.score(0)).toBe(0);
      d.day(0, -1, true);
      // z = −5 lifts the sum by 5 less what the running mean and δ take.
      expect(d.score(0)).toBeCloseTo(5 - 5 / 6 - 0.1, 12);
    });

    it("the state of each of three pods is that of a pod alone", () => {
      const pods = degradation(SIGMA, 3);
      const alone = [degradation(), degradation(), degradation()];
      noisy(150, 17).forEach((r, t) => {
        for (const [p, one] of alone.entries()) {
          const day = [p, r * (p + 1) - (t > 90 ? p : 0), t % (p + 1) === 0] as const;
          expect(pods.day(...day)).toBe(one.day(0, day[1], day[2]));
        }
        alone.forEach((one, p) => {
          expect([...pods.state].filter((_, field) => field % 3 === p)).toEqual([...one.state]);
        });
      });
    });

    it("pods are independent", () => {
      const [pair, alone] = [degradation(SIGMA, 2), degradation()];
      noisy(90, 15).forEach((r, t) => {
        pair.day(0, -r, t % 2 === 0);
        pair.day(1, r, true);
        alone.day(0, r, true);
        expect(pair.score(1)).toBe(alone.score(0));
      });
    });

    it("a run of counting days is as many steps and stops at the first alarm", () => {
      const returns = noisy(300, 16).map((x, t) => x - (t > 150 ? 1 : 0));
      for (const lambda of [8, 1e9]) {
        const { exports, arena } = make(20_000);
        const at = { settings: arena.f64(5), state: arena.f64(8), returns: arena.f64(300), scores: arena.f64(300) };
        arena.viewF64(at.settings, 5).set([0.1, lambda, 1, 30, 0]);
        arena.viewF64(at.returns, 300).set(returns);
        expect(exports.degradationLength(1)).toBe(8);
        const stopped = exports.degradationRun(at.settings, at.state, at.returns, 300, at.scores);
        const d = degradation({ ...SIGMA, lambda });
        const first = returns.findIndex((r, t) => {
          const alarm = d.day(0, r, true);
          expect(arena.viewF64(at.scores, 300)[t]).toBe(d.score(0));
          return alarm;
        });
        expect(stopped).toBe(first < 0 ? 300 : first);
        expect([...arena.viewF64(at.state, 8)]).toEqual([...d.state]);
      }
    });
  });
});
