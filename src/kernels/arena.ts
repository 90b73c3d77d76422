import { assert } from "../lib/assert.ts";

/** Byte offset into the kernels' linear memory. */
export type Pointer = number;

const ALIGNMENT = 16;

/**
 * The only allocator of the kernels' memory: a bump allocator over one fixed buffer.
 *
 * The memory never grows, so a view made once stays valid for the life of the arena. Nothing is freed; an arena lives
 * as long as the run it was sized for.
 */
export class Arena {
  readonly buffer: ArrayBuffer;
  #next: Pointer;

  /** @param base first byte that may be handed out (above the module's static data). */
  constructor(buffer: ArrayBuffer, base: Pointer) {
    this.buffer = buffer;
    this.#next = align(base);
  }

  /** Reserves `length` zeroed f64. */
  f64(length: number): Pointer {
    return this.#take(length * Float64Array.BYTES_PER_ELEMENT);
  }

  /** Reserves `length` zeroed i32. */
  i32(length: number): Pointer {
    return this.#take(length * Int32Array.BYTES_PER_ELEMENT);
  }

  viewF64(pointer: Pointer, length: number): Float64Array {
    return new Float64Array(this.buffer, pointer, length);
  }

  viewI32(pointer: Pointer, length: number): Int32Array {
    return new Int32Array(this.buffer, pointer, length);
  }

  /** First byte not yet handed out. */
  get used(): number {
    return this.#next;
  }

  #take(bytes: number): Pointer {
    const pointer = this.#next;
    const end = align(pointer + bytes);
    assert(
      end <= this.buffer.byteLength,
      `arena: ${bytes} bytes do not fit, ${this.buffer.byteLength - pointer} are left`,
    );
    this.#next = end;
    return pointer;
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
