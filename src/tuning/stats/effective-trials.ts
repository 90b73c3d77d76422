/** Trials whose returns correlate at least so much are one trial. */
export const SAME_TRIAL = 0.8;
/** Clusters are made of at most so many trials, evenly spaced over the grid; more are counted in proportion. */
const MOST_COMPARED = 1000;

/**
 * The number of independent trials among correlated ones: leaders of a one-pass clustering. A trial joins the first leader
 * it correlates with by SAME_TRIAL or more, else it leads a cluster of its own. Two hundred copies of one strategy are one.
 *
 * Counting clusters and not, for example, eigenvalues keeps moderately correlated trials apart: their maximum is nearly that
 * of independent ones, and a tuner errs on the side of more trials.
 *
 * Shapes   returns[trial][day]. A trial that never moves (never traded) is no trial; there is at least 1 when any moves.
 */
export function effectiveTrials(returns: readonly ArrayLike<number>[]): number {
  const step = Math.max(1, returns.length / MOST_COMPARED);
  const leaders: Float64Array[] = [];
  let compared = 0;
  let unlike = 0;
  for (let at = 0; at < returns.length; at += step) {
    const own = standardised(returns[Math.floor(at)] as ArrayLike<number>);
    compared++;
    if (own === null) continue;
    if (leaders.some((leader) => dot(leader, own) >= SAME_TRIAL)) continue;
    leaders.push(own);
    unlike++;
  }
  // Within a sample the clusters found are at least those of the whole when new ones have become rare.
  return compared === returns.length ? unlike : Math.min(returns.length, unlike * Math.max(1, Math.sqrt(step)));
}

/** Centred, of unit length; null when all values are equal. */
function standardised(values: ArrayLike<number>): Float64Array | null {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i] as number;
  mean /= n;
  const out = new Float64Array(n);
  let squares = 0;
  for (let i = 0; i < n; i++) {
    out[i] = (values[i] as number) - mean;
    squares += (out[i] as number) * (out[i] as number);
  }
  if (!(squares > 1e-18)) return null;
  const length = Math.sqrt(squares);
  for (let i = 0; i < n; i++) out[i] = (out[i] as number) / length;
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
