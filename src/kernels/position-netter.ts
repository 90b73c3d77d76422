import { assert } from "../lib/assert.ts";
import type { Pointer } from "./arena.ts";
import { instantiateKernels, type Kernels } from "./load.ts";

/** What pods' demand for one symbol comes to. Whole lots. */
export interface NetDemand {
  /** Signed; what an order has to buy or sell. */
  readonly net: number;
  /** What is matched inside the house. */
  readonly crossed: number;
}

const ARRAYS = 4;

/** Nets pods' demand into one order per symbol and attributes its fill back (spec 2.4, 2.5), exactly, in whole lots. */
export class PositionNetter {
  readonly pods: number;
  readonly #kernels: Kernels;
  readonly #pointers: readonly [Pointer, Pointer, Pointer, Pointer];
  readonly #demand: Float64Array;
  readonly #out: Float64Array;

  constructor(pods: number) {
    assert(pods >= 1, `netter: ${pods} pods`);
    this.pods = pods;
    this.#kernels = instantiateKernels(ARRAYS * (8 * pods + 16));
    const { arena } = this.#kernels;
    this.#pointers = [arena.f64(pods), arena.f64(pods), arena.f64(pods), arena.f64(pods)];
    this.#demand = arena.viewF64(this.#pointers[0], pods);
    this.#out = arena.viewF64(this.#pointers[1], pods);
  }

  /** @param demand signed whole lots by pod. */
  net(demand: ArrayLike<number>): NetDemand {
    this.#check(demand);
    let bought = 0;
    let sold = 0;
    for (let p = 0; p < this.pods; p++) {
      const wanted = demand[p] as number;
      if (wanted > 0) bought += wanted;
      else sold -= wanted;
    }
    return { net: bought - sold, crossed: Math.min(bought, sold) };
  }

  /**
   * Each pod's part of a fill: the minority side in full, the majority in proportion to its demand by largest remainder.
   *
   * @param filled signed whole lots of the net demand's sign, at most as many; 0 = only what is crossed changes hands.
   * @returns signed lots by pod, summing to `filled` exactly.
   */
  attribute(demand: ArrayLike<number>, filled: number): Float64Array {
    const { net } = this.net(demand);
    const isPart = filled * net >= 0 && Math.abs(filled) <= Math.abs(net) && Number.isSafeInteger(filled);
    assert(isPart, `netter: ${filled} lots are no part of a net demand of ${net}`);
    this.#demand.set(demand);
    const [demandAt, outAt, weightAt, remainderAt] = this.#pointers;
    this.#kernels.exports.attribute(demandAt, 0, this.pods, filled, outAt, weightAt, remainderAt);
    return this.#out.slice();
  }

  #check(demand: ArrayLike<number>): void {
    assert(demand.length === this.pods, `netter: ${demand.length} demands for ${this.pods} pods`);
    for (let p = 0; p < this.pods; p++) {
      assert(Number.isSafeInteger(demand[p]), `netter: ${demand[p]} is no whole number of lots`);
    }
  }
}
