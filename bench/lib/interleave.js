import Benchmark from "benchmark";

/** Calls from this length on are timed one by one: a mean over many would carry every interruption of a busy machine. */
const TIMED_ALONE = 20e-6;

/**
 * Times contenders side by side: several short rounds, in each of which benchmark.js measures every one of them, so that
 * a neighbour on the machine disturbs all alike. The minimum counts: of single calls where the clock can tell them, else of
 * the samples of benchmark.js.
 *
 * @param {Record<string, () => unknown>} contenders results must have been compared before.
 * @param {{ rounds?: number, maxTime?: number }} [effort] `maxTime` seconds per contender and round.
 * @returns {Record<string, number>} seconds per call.
 */
export function interleave(contenders, { rounds = 4, maxTime = 0.3 } = {}) {
  const best = Object.fromEntries(Object.keys(contenders).map((name) => [name, Number.POSITIVE_INFINITY]));
  for (let round = 0; round < rounds; round++) {
    const suite = new Benchmark.Suite();
    for (const [name, run] of Object.entries(contenders)) {
      const alone = () => {
        const begin = performance.now();
        run();
        best[name] = Math.min(best[name], (performance.now() - begin) / 1e3);
      };
      suite.add(name, isLong(run) ? alone : run, { maxTime, minSamples: 2 });
    }
    suite.on("cycle", ({ target }) => {
      if (target.error) throw target.error;
      best[target.name] = Math.min(best[target.name], ...target.stats.sample);
    });
    suite.run();
  }
  return best;
}

/** Judged by the faster of a few calls, the first of which may still be compiling. */
function isLong(run) {
  let fastest = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 3; n++) {
    const begin = performance.now();
    run();
    fastest = Math.min(fastest, performance.now() - begin);
  }
  return fastest / 1e3 >= TIMED_ALONE;
}

/**
 * The same for runs that time themselves, another process or a run of seconds.
 *
 * @param {Record<string, () => number>} contenders each returns its seconds.
 */
export function interleaveTimed(contenders, rounds) {
  const best = Object.fromEntries(Object.keys(contenders).map((name) => [name, Number.POSITIVE_INFINITY]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) best[name] = Math.min(best[name], run());
  }
  return best;
}
