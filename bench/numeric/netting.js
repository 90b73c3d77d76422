// Netting and attribution of many pods and symbols: the WASM kernel beside the same source as plain JavaScript and, for the
// truth, BigInt.

import { instantiateKernels } from "../../dist/kernels/load.js";
import { uniform } from "../proofs/erc-problems.js";
import { fastest } from "./worker.js";

const SIZES = [
  [50, 50],
  [200, 200],
];

/** Rows of: every symbol's order filled by two thirds and attributed to its pods. */
export function netting() {
  return SIZES.flatMap(([pods, symbols]) => {
    const { exports, arena } = instantiateKernels(8 * (2 * pods * symbols + 4 * pods) + 4096);
    const [demand, out] = [arena.f64(pods * symbols), arena.f64(pods)];
    const [weight, remainder] = [arena.f64(pods), arena.f64(pods)];
    const demands = arena.viewF64(demand, pods * symbols);
    const outs = arena.viewF64(out, pods);
    const random = uniform(pods);
    for (let c = 0; c < demands.length; c++) demands[c] = Math.trunc((random() - 0.4) * 2 ** 40);
    const filled = Array.from({ length: symbols }, (_, s) => {
      const net = demands.subarray(s * pods, (s + 1) * pods).reduce((a, b) => a + b, 0);
      return Math.trunc((net * 2) / 3);
    });
    const attributeAll = () => {
      for (let s = 0; s < symbols; s++) exports.attribute(demand, s * pods, pods, filled[s], out, weight, remainder);
    };
    for (let s = 0; s < symbols; s++) {
      exports.attribute(demand, s * pods, pods, filled[s], out, weight, remainder);
      const exact = attributeExactly([...demands.subarray(s * pods, (s + 1) * pods)].map(BigInt), BigInt(filled[s]));
      if (!exact.every((lots, p) => BigInt(outs[p]) === lots))
        throw new Error(`attribution differs from BigInt: ${pods} × ${symbols}`);
    }
    const bigint = () => {
      for (let s = 0; s < symbols; s++)
        attributeExactly([...demands.subarray(s * pods, (s + 1) * pods)].map(BigInt), BigInt(filled[s]));
    };
    const ours = fastest(0.3, attributeAll);
    const row = { kernel: "attribute", size: `${pods}x${symbols}`, error: 0, must: "", met: "" };
    return [
      { ...row, contender: "wasm", us: ours * 1e6, ratio: 1 },
      { ...row, contender: "BigInt", us: fastest(0.3, bigint) * 1e6, ratio: fastest(0.3, bigint) / ours },
    ];
  });
}

/** The rule in whole numbers: minority in full, majority pro rata by largest remainder, ties to the lower index. */
function attributeExactly(demand, filled) {
  const net = demand.reduce((a, b) => a + b, 0n);
  const side = net > 0n ? 1n : -1n;
  const wanted = demand.map((d) => (d * side > 0n ? d * side : 0n));
  const majority = wanted.reduce((a, b) => a + b, 0n);
  if (majority === 0n) return demand;
  const total = majority - net * side + filled * side;
  const shares = wanted.map((w) => (total * w) / majority);
  const remainders = wanted.map((w, i) => total * w - shares[i] * majority);
  const order = [...shares.keys()].sort((i, j) =>
    remainders[j] === remainders[i] ? i - j : remainders[j] > remainders[i] ? 1 : -1,
  );
  let left = total - shares.reduce((a, b) => a + b, 0n);
  for (const i of order) {
    if (left === 0n) break;
    shares[i] += 1n;
    left -= 1n;
  }
  return demand.map((d, i) => (d * side > 0n ? shares[i] * side : d));
}
