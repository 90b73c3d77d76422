// Seeded problems of risk budgeting: kinds of covariance that a book of strategies has, and those that break solvers.

/** Uniform numbers in [0, 1) (mulberry32). */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
}

const normalFrom = (random) => () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** What a loading looks like: [rows, own variance, sign by asset]. T of the Wishart kinds is the number of rows. */
const KINDS = {
  factor: (random) => ({ rows: 2, own: 10 ** (-2 + 2 * random()), hedged: false }),
  nearSingular: (random) => ({ rows: 2, own: 10 ** (-10 + 6 * random()), hedged: false }),
  hedged: (random) => ({ rows: 2, own: 10 ** (-6 * random()), hedged: true }),
  wishart: (_, n) => ({ rows: 2 * n, own: 0, hedged: false }),
  tooFewDays: (_, n) => ({ rows: Math.max(1, n >> 1), own: 0, hedged: false }),
};

export const SOLVABLE = ["factor", "nearSingular", "hedged", "wishart"];

/**
 * @param {keyof typeof KINDS} kind
 * @param {number} n assets; volatilities over 8 decades, budgets from 1e-4 to 1 (a third of the problems: equal).
 */
export function makeProblem(kind, n, seed, { decades = 8 } = {}) {
  const random = uniform(seed);
  const draw = normalFrom(random);
  const { rows, own, hedged } = KINDS[kind](random, n);
  const isSample = own === 0;
  const loadings = Array.from({ length: n }, (_, i) => {
    const sign = hedged && i % 2 === 1 ? -1 : 1;
    const entry = (k) => (isSample ? draw() / Math.sqrt(rows) : sign * (k === 0 ? 0.7 + 0.3 * random() : 0.3 * draw()));
    return Float64Array.from({ length: rows }, (_, k) => entry(k));
  });
  const scale = Float64Array.from({ length: n }, () => 10 ** (decades * (random() - 0.5)));
  const cov = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let common = i === j ? own : 0;
      for (let k = 0; k < rows; k++) common += loadings[i][k] * loadings[j][k];
      cov[i * n + j] = common * scale[i] * scale[j];
      cov[j * n + i] = cov[i * n + j];
    }
  }
  const equal = random() < 1 / 3;
  const budget = Float64Array.from({ length: n }, () => (equal ? 1 / n : 10 ** (-4 * random())));
  return { kind, n, cov, budget };
}
