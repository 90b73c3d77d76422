import Benchmark from "benchmark";

/**
 * Times contenders side by side: several short rounds, in each of which benchmark.js measures every one of them, so that
 * a neighbour on the machine disturbs all alike. The minimum of all samples counts.
 *
 * @param {Record<string, () => unknown>} contenders results must have been compared before.
 * @param {{ rounds?: number, maxTime?: number }} [effort] `maxTime` seconds per contender and round.
 * @returns {Record<string, number>} seconds per call.
 */
export function interleave(contenders, { rounds = 4, maxTime = 0.3 } = {}) {
  const best = Object.fromEntries(Object.keys(contenders).map((name) => [name, Number.POSITIVE_INFINITY]));
  for (let round = 0; round < rounds; round++) {
    const suite = new Benchmark.Suite();
    for (const [name, run] of Object.entries(contenders)) suite.add(name, run, { maxTime, minSamples: 2 });
    suite.on("cycle", ({ target }) => {
      if (target.error) throw target.error;
      best[target.name] = Math.min(best[target.name], ...target.stats.sample);
    });
    suite.run();
  }
  return best;
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
