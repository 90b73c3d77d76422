import { Arena } from "../kernels/arena.ts";
import { instantiateKernels, type Kernels } from "../kernels/load.ts";

/** One instance of the kernels that runs use one after the other: memory stays flat over thousands of them. */
export class KernelPool {
  #kernels: Kernels | null = null;
  #base = 0;
  #size = 0;

  /** Kernels with at least `bytes` of zeroed memory; what was handed out before is void. */
  take(bytes: number): Kernels {
    if (this.#kernels === null || bytes > this.#size) {
      this.#kernels = instantiateKernels(bytes);
      this.#base = this.#kernels.arena.used;
      this.#size = this.#kernels.arena.buffer.byteLength - this.#base;
      return this.#kernels;
    }
    const { exports, arena } = this.#kernels;
    new Uint8Array(arena.buffer, this.#base, arena.used - this.#base).fill(0);
    this.#kernels = { exports, arena: new Arena(arena.buffer, this.#base) };
    return this.#kernels;
  }
}
