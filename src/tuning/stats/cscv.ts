/** Sums over one block of returns, for every trial: [trial]. */
interface Block {
  readonly count: number;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
}

export interface Cscv {
  /** Probability of backtest overfitting: share of splits in which the best in sample is in the lower half out of sample. */
  readonly pbo: number;
  readonly blocks: number;
  readonly splits: number;
}

/** Blocks of CSCV: 16 as in the paper; fewer where trials are so many that 12,870 splits would take minutes. */
export function cscvBlocks(trials: number, returns: number): number {
  const wanted = trials <= 1000 ? 16 : 10;
  const most = Math.floor(returns / 10) * 2;
  return Math.max(2, Math.min(wanted, most - (most % 2)));
}

/**
 * Combinatorially symmetric cross-validation: the returns are cut into S blocks; for each choice of S ÷ 2 of them as "in
 * sample" the trial with the best Sharpe ratio there is ranked among all by its Sharpe ratio in the other blocks.
 *
 * Shapes   returns[trial][day], all of one length; S even. Days that do not fill a block are left out at the start.
 * Edge     of equal ratios in sample the first trial is the best; equal ones out of sample share their mean rank. A relative
 *          rank of exactly ½ counts as overfit (λ ≤ 0), as in the paper.
 * Returns  null with fewer than two trials or two returns a block.
 * Source   Bailey, Borwein, López de Prado & Zhu (2015), "The probability of backtest overfitting".
 */
export function cscv(returns: readonly ArrayLike<number>[], blocks: number): Cscv | null {
  const trials = returns.length;
  const length = Math.floor((returns[0]?.length ?? 0) / blocks);
  if (trials < 2 || length < 2 || blocks % 2 !== 0) return null;
  const parts = Array.from({ length: blocks }, (_, b) => sumBlock(returns, b, length, blocks));
  const inside = new Float64Array(trials);
  const outside = new Float64Array(trials);
  let splits = 0;
  let overfit = 0;
  for (const chosen of halves(blocks)) {
    ratios(parts, (b) => (chosen & (1 << b)) !== 0, inside);
    ratios(parts, (b) => (chosen & (1 << b)) === 0, outside);
    splits++;
    if (relativeRank(outside, bestOf(inside)) <= 0.5) overfit++;
  }
  return { pbo: overfit / splits, blocks, splits };
}

function sumBlock(returns: readonly ArrayLike<number>[], block: number, length: number, blocks: number): Block {
  const sum = new Float64Array(returns.length);
  const squares = new Float64Array(returns.length);
  for (const [i, own] of returns.entries()) {
    const begin = own.length - blocks * length + block * length;
    for (let t = begin; t < begin + length; t++) {
      const value = own[t] as number;
      (sum[i] as number) += value;
      (squares[i] as number) += value * value;
    }
  }
  return { count: length, sum, squares };
}

/** Every choice of half the blocks, as bit sets, ascending. */
function* halves(blocks: number): Generator<number> {
  for (let set = 0; set < 1 << blocks; set++) if (bits(set) === blocks / 2) yield set;
}

function bits(set: number): number {
  let count = 0;
  for (let rest = set; rest > 0; rest &= rest - 1) count++;
  return count;
}

/** Sharpe ratio of each trial over the blocks taken; 0 for a trial that never moves. */
function ratios(parts: readonly Block[], taken: (block: number) => boolean, out: Float64Array): void {
  const chosen = parts.filter((_, b) => taken(b));
  const count = chosen.reduce((n, part) => n + part.count, 0);
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    let squares = 0;
    for (const part of chosen) {
      sum += part.sum[i] as number;
      squares += part.squares[i] as number;
    }
    const mean = sum / count;
    const variance = (squares - count * mean * mean) / (count - 1);
    out[i] = variance > 1e-18 ? mean / Math.sqrt(variance) : 0;
  }
}

function bestOf(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

/** Rank of `values[i]` from the bottom, 1 to n, ÷ (n + 1). */
function relativeRank(values: Float64Array, i: number): number {
  let below = 0;
  let equal = 0;
  for (const value of values) {
    if (value < (values[i] as number)) below++;
    else if (value === values[i]) equal++;
  }
  return (below + (equal + 1) / 2) / (values.length + 1);
}
