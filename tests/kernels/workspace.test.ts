// Goal: covariance, risk budget and Kelly work in one memory without copies, and instances, threads and repetition do not
// disturb each other.
// Method: the same chain in turns on two workspaces, ten thousand times on one, and on four threads; always the same bits.

import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { estimateCovariance } from "../../src/kernels/covariance.ts";
import { riskBudget } from "../../src/kernels/erc.ts";
import { fullKelly } from "../../src/kernels/kelly.ts";
import { MatrixWorkspace } from "../../src/kernels/matrix-workspace.ts";
import { randomReturns } from "../support/matrices.ts";

const [DAYS, N] = [90, 10];
const LIMITS = { assets: N, days: DAYS };
const BUDGET = new Float64Array(N).fill(1);
const MU = Float64Array.from({ length: N }, (_, i) => 1e-4 * (i - 3));

/** Returns in, weights and Kelly fractions out; nothing but the returns is written by the host. */
function chain(workspace: MatrixWorkspace, seed: number): number[] {
  workspace.returns.view.set(randomReturns(DAYS, N, seed));
  return solveChain(workspace);
}

function solveChain(workspace: MatrixWorkspace): number[] {
  const { status } = estimateCovariance(workspace, { kind: "sample" }, DAYS, N);
  const solution = riskBudget(workspace, BUDGET);
  const kelly = fullKelly(workspace, MU);
  if (status !== "OK" || !("weights" in solution) || kelly.status !== "OK") throw new Error(solution.status);
  return [...solution.weights, ...kelly.fractions];
}

describe("matrix workspace", () => {
  it("two instances in turns give what each gives alone", () => {
    const alone = [1, 2].map((seed) => chain(MatrixWorkspace.create(LIMITS), seed));
    const [first, second] = [MatrixWorkspace.create(LIMITS), MatrixWorkspace.create(LIMITS)];
    first.returns.view.set(randomReturns(DAYS, N, 1));
    expect(chain(second, 2)).toEqual(alone[1]);
    expect(solveChain(first)).toEqual(alone[0]);
    expect(solveChain(second)).toEqual(alone[1]);
  });

  it("the solvers read the estimate where it was written", () => {
    const workspace = MatrixWorkspace.create(LIMITS);
    chain(workspace, 3);
    const estimate = estimateCovariance(workspace, { kind: "sample" }, DAYS, N);
    if (estimate.status !== "OK") throw new Error(estimate.status);
    expect(estimate.covariance.buffer).toBe(workspace.covariance.view.buffer);
    // An entry changed in the view is an entry changed for the solver.
    const before = riskBudget(workspace, BUDGET);
    estimate.covariance[0] = (estimate.covariance[0] as number) * 4;
    expect(riskBudget(workspace, BUDGET)).not.toEqual(before);
  });

  it("ten thousand times in one memory: the same bits, the memory as large as before, every view attached", () => {
    const workspace = MatrixWorkspace.create(LIMITS);
    const expected = chain(workspace, 4);
    const { buffer } = workspace.returns.view;
    const bytes = buffer.byteLength;
    for (let k = 0; k < 10_000; k++) solveChain(workspace);
    expect(solveChain(workspace)).toEqual(expected);
    expect(buffer.byteLength).toBe(bytes);
    for (const { view } of [workspace.returns, workspace.covariance, workspace.output])
      expect(view.buffer).toBe(buffer);
  });

  it("threads with a module each give the same bits", async () => {
    const expected = chain(MatrixWorkspace.create(LIMITS), 5);
    const dist = new URL("../../dist/kernels/", import.meta.url).href;
    const code = `
      const { parentPort, workerData: { dist, returns, budget, mu, limits } } = require("node:worker_threads");
      const load = (file) => import(dist + file + ".js");
      Promise.all(["matrix-workspace", "covariance", "erc", "kelly"].map(load)).then(([m, c, e, k]) => {
        const workspace = m.MatrixWorkspace.create(limits);
        workspace.returns.view.set(returns);
        c.estimateCovariance(workspace, { kind: "sample" }, limits.days, limits.assets);
        parentPort.postMessage([...e.riskBudget(workspace, budget).weights, ...k.fullKelly(workspace, mu).fractions]);
      });`;
    const workerData = { dist, returns: randomReturns(DAYS, N, 5), budget: BUDGET, mu: MU, limits: LIMITS };
    const answers = Array.from(
      { length: 4 },
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker(code, { eval: true, workerData });
          worker.once("message", resolve);
          worker.once("error", reject);
        }),
    );
    for (const answer of await Promise.all(answers)) expect(answer).toEqual(expected);
  });
});
