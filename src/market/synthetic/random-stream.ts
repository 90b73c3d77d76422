import { math } from "../../kernels/math.ts";

/** What a stream is for. Every purpose draws its own numbers, so a draw added to one does not move another. */
export const PURPOSE = {
  market: 1,
  day: 2,
  hours: 3,
  minutes: 4,
  funding: 5,
  profile: 6,
  runLength: 7,
  lifecycle: 8,
  gridSample: 9,
  signalShift: 10,
} as const;

/** Key of the stream that all symbols share. */
export const MARKET_KEY = 0;

const TWO_TO_32 = 4_294_967_296;

/**
 * A seeded stream of random numbers that can be placed at any index without drawing what lies before it: the numbers
 * at (seed, key, purpose, index) are always the same. This is what makes the synthetic market prefix-stable.
 *
 * Source   xoshiro128** 1.1, Blackman and Vigna; its state is filled by a chain of MurmurHash3 finalisers, each step of
 * which can be undone, so that two places of one seed never share a state.
 */
export class RandomStream {
  readonly #seedLow: number;
  readonly #seedHigh: number;
  readonly #key: number;
  readonly #purpose: number;
  #s0 = 0;
  #s1 = 0;
  #s2 = 0;
  #s3 = 0;
  /** The second number of a Marsaglia pair; NaN when there is none. */
  #spare = Number.NaN;

  /** @param seed a whole number from 0 to 2^53 − 1. @param key any 32-bit number, e.g. of a symbol. */
  constructor(seed: number, key: number, purpose: number) {
    this.#seedLow = seed >>> 0;
    this.#seedHigh = Math.floor(seed / TWO_TO_32);
    this.#key = key;
    this.#purpose = purpose;
    this.seek(0);
  }

  /** Goes to an index, a whole number below 2^32 such as a day or an hour. */
  seek(index: number): this {
    const a = finalise(this.#seedLow ^ finalise(this.#seedHigh + 0x9e3779b9));
    const b = finalise(this.#key ^ a);
    const c = finalise(this.#purpose ^ b);
    this.#s3 = finalise(index ^ c);
    // Backwards as well, so that every word depends on every input.
    this.#s2 = finalise(c ^ this.#s3);
    this.#s1 = finalise(b ^ this.#s2);
    this.#s0 = finalise(a ^ this.#s1);
    // The one state that xoshiro cannot leave.
    if ((this.#s0 | this.#s1 | this.#s2 | this.#s3) === 0) this.#s0 = 1;
    this.#spare = Number.NaN;
    return this;
  }

  /** Sets the four words of state, for reference vectors. */
  setState(s0: number, s1: number, s2: number, s3: number): void {
    [this.#s0, this.#s1, this.#s2, this.#s3] = [s0, s1, s2, s3];
  }

  /** A whole number from 0 to 2^32 − 1. */
  uint32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#s1, 5), 7), 9);
    const shifted = this.#s1 << 9;
    this.#s2 ^= this.#s0;
    this.#s3 ^= this.#s1;
    this.#s1 ^= this.#s2;
    this.#s0 ^= this.#s3;
    this.#s2 ^= shifted;
    this.#s3 = rotateLeft(this.#s3, 11);
    return result >>> 0;
  }

  /** A number strictly between 0 and 1. */
  uniform(): number {
    return (this.uint32() + 0.5) / TWO_TO_32;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** A standard normal number. Source: Marsaglia's polar method. */
  normal(): number {
    const spare = this.#spare;
    if (!Number.isNaN(spare)) {
      this.#spare = Number.NaN;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1) continue;
      const scale = Math.sqrt((-2 * math.log(square)) / square);
      this.#spare = y * scale;
      return x * scale;
    }
  }
}

/** A 32-bit key for a name. Source: FNV-1a over UTF-16 code units, then the MurmurHash3 finaliser. */
export function keyOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return finalise(hash) >>> 0;
}

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

/** MurmurHash3's fmix32: a bijection of 32-bit numbers that lets every bit reach every bit. */
function finalise(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
