// The numeric kernels and the same sources as plain JavaScript (numeric/dialect.js): the same bits, then the time.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCase } from "../numeric/cases.js";
import { writeJavaScript } from "../numeric/dialect.js";
import { plain, wasm } from "../numeric/ours.js";
import { fastest } from "../numeric/worker.js";

export const title = "numeric kernels, µs per call, beside the same code in plain JavaScript";

const ROUNDS = 4;
const PER_CALL = 0.05;
const PLAIN_BYTES = 2 ** 25;
const CASES = [
  ["erc", 4, 2],
  ["erc", 10, 2],
  ["erc", 50, 2],
  ["cov", 10, 90],
  ["kelly", 10, 2],
  ["ph", 1, 16384],
  ["ph64", 1, 16384],
  ["pipeline", 10, 90],
];

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), "mcbot-kernels-"));
  try {
    writeJavaScript(folder, PLAIN_BYTES);
    const rows = [];
    for (const [kernel, n, days] of CASES) rows.push(await measure(folder, kernel, n, days));
    const guards = Object.fromEntries(
      rows.map((row) => [`WASM ÷ JS, ${row.kernel} ${row.size}`, row.wasm_us / row.js_us]),
    );
    return { rows, guards };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(folder, kernel, n, days) {
  const problem = makeCase(folder, { kernel, n, days });
  const [ours, js] = [wasm(problem)[kernel], (await plain(folder, problem))[kernel]];
  ours.call();
  js.call();
  const answer = js.answer();
  if (!ours.answer().every((x, i) => Object.is(x, answer[i])))
    throw new Error(`${kernel} ${n}: WASM and JavaScript differ`);
  const best = { wasm: Number.POSITIVE_INFINITY, js: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    best.wasm = Math.min(best.wasm, fastest(PER_CALL, ours.call));
    best.js = Math.min(best.js, fastest(PER_CALL, js.call));
  }
  const size = days > 2 ? `${days}x${n}` : `${n}`;
  return { kernel, size, wasm_us: best.wasm * 1e6, js_us: best.js * 1e6, js_over_wasm: best.js / best.wasm };
}
