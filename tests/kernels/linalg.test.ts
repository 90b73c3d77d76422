// Goal: products, factors and solves are right at every size around the blocks, and read one triangle only.
// Method: naive oracle; the other triangle is filled with NaN and the neighbours of every vector are watched.

import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../src/kernels/load.ts";
import { normal, randomProblem } from "../support/matrices.ts";
import { plainKernels } from "../support/plain-kernels.ts";
import * as naive from "./naive/matrix.ts";

/** Exported by the module for tests and for other kernels; no part of KernelExports. */
interface LinearAlgebra {
  symmetricProduct(matrix: number, at: number, n: number, x: number, xAt: number, y: number, yAt: number): void;
  choleskyFactor(matrix: number, at: number, n: number, diagonal: number, diagonalAt: number): number;
  choleskySolve(factor: number, at: number, n: number, x: number, xAt: number): void;
}

const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 33];

describe.each([
  ["wasm", instantiateKernels],
  ["plain", plainKernels],
])("linear algebra (%s)", (_, make) => {
  const { exports, arena } = make(40_000);
  const call = exports as unknown as LinearAlgebra;
  const matrix = arena.f64(33 * 33 + 2);
  const vectors = arena.f64(100);
  const matrixView = arena.viewF64(matrix, 33 * 33 + 2);
  const vectorView = arena.viewF64(vectors, 100);

  /** Puts one triangle at offset 1, NaN everywhere else; x at 3, y at 60. */
  const put = (cov: Float64Array, n: number, x: readonly number[], triangle: "lower" | "upper"): void => {
    matrixView.fill(Number.NaN);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) matrixView[1 + (triangle === "lower" ? i * n + j : j * n + i)] = cov[i * n + j] ?? 0;
    }
    vectorView.fill(7);
    vectorView.set(x, 3);
  };
  const expectGuards = (n: number): void => {
    const used = new Set([...Array(n).keys()].flatMap((i) => [3 + i, 60 + i]));
    vectorView.forEach((x, i) => {
      if (!used.has(i)) expect(x).toBe(7);
    });
  };

  it.each(SIZES)("product of a symmetric matrix, n = %i", (n) => {
    const { cov } = randomProblem(n, n);
    const x = Array.from({ length: n }, normal(n));
    put(cov, n, x, "lower");
    call.symmetricProduct(matrix, 1, n, vectors, 3, vectors, 60);
    const rows = naive.rowsOf(cov, n);
    naive.product(rows, x).forEach((y, i) => {
      const size = rows[i]?.reduce((sum, c, j) => sum + Math.abs(c * (x[j] ?? 0)), 0) ?? 0;
      expect(Math.abs((vectorView[60 + i] ?? 0) - y)).toBeLessThanOrEqual(1e-14 * size);
    });
    expectGuards(n);
  });

  it.each(SIZES)("factor and solve, n = %i", (n) => {
    const { cov } = randomProblem(n, 3 * n + 1);
    const b = Array.from({ length: n }, (_, i) => Math.sqrt(cov[i * n + i] ?? 0));
    put(cov, n, b, "upper");
    const pivot = call.choleskyFactor(matrix, 1, n, vectors, 60);
    expect(pivot).toBeGreaterThan(0);
    expect(pivot).toBeLessThanOrEqual(1);
    // Uᵀ, with the pivots turned back.
    const upper = naive.rowsOf(matrixView.subarray(1, 1 + n * n), n);
    const factor = upper.map((_, i) => naive.columnOf(upper, i).map((u, j) => (j > i ? 0 : j === i ? 1 / u : u)));
    let smallest = 1;
    for (let i = 0; i < n; i++) {
      smallest = Math.min(smallest, (factor[i]?.[i] ?? 0) / (cov[i * n + i] ?? 1));
      for (let j = 0; j <= i; j++) {
        const rebuilt = (factor[i] ?? []).reduce(
          (sum, u, k) => sum + (u * (factor[j]?.[k] ?? 0)) / (factor[k]?.[k] ?? 1),
          0,
        );
        expect(Math.abs(rebuilt - (cov[i * n + j] ?? 0))).toBeLessThan(1e-14 * n * (b[i] ?? 0) * (b[j] ?? 0));
      }
    }
    expect(pivot / smallest).toBeCloseTo(1, 8);
    call.choleskySolve(matrix, 1, n, vectors, 3);
    const oracle = naive.solve(naive.rowsOf(cov, n), b);
    const scale = Math.max(...oracle.map((x, i) => Math.abs(x * (b[i] ?? 0))));
    oracle.forEach((x, i) => {
      expect(Math.abs((vectorView[3 + i] ?? 0) - x) * (b[i] ?? 0)).toBeLessThan((1e-13 * scale * n) / pivot);
    });
    expectGuards(n);
  });

  it.each(SIZES.filter((n) => n > 1))("a pivot that is not positive is reported wherever it is, n = %i", (n) => {
    for (let k = 0; k < n; k++) {
      const identity = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
      for (const bad of [0, -1, Number.NaN]) {
        identity[k * n + k] = bad;
        put(identity, n, [], "upper");
        expect(call.choleskyFactor(matrix, 1, n, vectors, 60)).toBe(0);
      }
    }
  });
});
