import type { Kernels } from "../../src/kernels/load.ts";
import { type MatrixLimits, MatrixWorkspace } from "../../src/kernels/matrix-workspace.ts";
import { uniform } from "./candles.ts";

/** Standard normal numbers from a seed (Box–Muller). */
export function normal(seed: number): () => number {
  const random = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function workspaceOf(make: (bytes: number) => Kernels, limits: MatrixLimits): MatrixWorkspace {
  return new MatrixWorkspace(make(MatrixWorkspace.bytes(limits)), limits);
}

/** Puts a row-major matrix into the workspace, without the symmetry check. */
export function setCovariance(workspace: MatrixWorkspace, matrix: ArrayLike<number>): void {
  workspace.covariance.view.set(matrix);
}

export function setReturns(workspace: MatrixWorkspace, returns: ArrayLike<number>): void {
  workspace.returns.view.set(returns);
}

/** Returns [days × n] with common and own parts, a different level and scale per column. */
export function randomReturns(days: number, n: number, seed: number): Float64Array {
  const draw = normal(seed);
  const returns = new Float64Array(days * n);
  for (let t = 0; t < days; t++) {
    const market = draw();
    for (let i = 0; i < n; i++) returns[t * n + i] = 0.001 * i + 0.01 * (1 + (i % 4)) * (0.5 * market + draw());
  }
  return returns;
}

export interface RiskProblem {
  readonly kind: string;
  readonly n: number;
  readonly cov: Float64Array;
  readonly budget: Float64Array;
}

/**
 * A positive definite matrix of one of three kinds (factor model, the same with every other sign flipped and little own
 * risk, Wishart with T = 2n), volatilities over 8 decades, budgets over 4.
 */
export function randomProblem(n: number, seed: number): RiskProblem {
  const random = uniform(seed);
  const draw = normal(seed + 1_000_000);
  const kind = (["factor", "hedged", "wishart"] as const)[Math.floor(3 * random())] ?? "factor";
  const own = kind === "hedged" ? 10 ** (-5 * random()) : 10 ** (-1 + random());
  const rows = kind === "wishart" ? 2 * n : 2;
  const loadings = Array.from({ length: n }, (_, i) =>
    Array.from({ length: rows }, (_, k) => {
      if (kind === "wishart") return draw() / Math.sqrt(rows);
      const sign = kind === "hedged" && i % 2 === 1 ? -1 : 1;
      return k === 0 ? sign * (0.7 + 0.3 * random()) : 0.3 * sign * draw();
    }),
  );
  const scale = Array.from({ length: n }, () => 10 ** (-4 + 8 * random()));
  const cov = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const common = (loadings[i] ?? []).reduce((sum, x, k) => sum + x * (loadings[j]?.[k] ?? 0), 0);
      const entry = (common + (i === j && kind !== "wishart" ? own : 0)) * (scale[i] ?? 1) * (scale[j] ?? 1);
      cov[i * n + j] = entry;
      cov[j * n + i] = entry;
    }
  }
  return { kind, n, cov, budget: Float64Array.from({ length: n }, () => 10 ** (-4 * random())) };
}

/** The matrix and the vector with their entries in another order. */
export function permuted(matrix: Float64Array, n: number, order: readonly number[]): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [order[Math.floor(at / n)] ?? 0, order[at % n] ?? 0];
    return matrix[i * n + j] ?? 0;
  });
}

/** A seeded order of 0 … n − 1. */
export function shuffled(n: number, seed: number): number[] {
  const random = uniform(seed);
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}
