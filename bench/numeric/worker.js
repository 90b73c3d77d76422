import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A peer in a process of its own: gets the name of a contender and a folder of inputs, says the seconds of its fastest call. */
export class Worker {
  #process;
  #lines;

  /** @param {string[]} command */
  constructor([binary, ...args]) {
    this.#process = spawn(binary, args, { stdio: ["pipe", "pipe", "ignore"] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async line() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the peer's process ended");
    return value;
  }

  /** @returns {Promise<number>} seconds per call; the answer is in `answer.f64`. */
  async time(name, { n, days, folder }, budget) {
    this.#process.stdin.write(`${name} ${n} ${days} ${budget} ${folder}\n`);
    const line = await this.line();
    if (line.startsWith("error")) throw new Error(line);
    return Number(line);
  }

  end() {
    this.#process.stdin.end();
  }
}

/** Seconds of one call here: the fastest batch of about a millisecond. */
export function fastest(budget, call) {
  const start = performance.now();
  call();
  const one = Math.max(1e-6, performance.now() - start);
  let batch = Math.max(1, Math.floor(1 / one));
  let best = Number.POSITIVE_INFINITY;
  do {
    const from = performance.now();
    for (let k = 0; k < batch; k++) call();
    const took = performance.now() - from;
    best = Math.min(best, took / batch);
    if (took < 0.5) batch *= 2;
  } while (performance.now() - start < 1000 * budget);
  return best / 1000;
}
