import type { Pointer } from "../kernels/arena.ts";
import { instantiateKernels, type Kernels } from "../kernels/load.ts";
import type { FieldRoles } from "./csv-layout.ts";
import { MAX_POWER, powerOfTen } from "./power-of-ten.ts";

/** Bytes and rows of one kernel call. */
const WINDOW = 1 << 20;
const ROWS = 1 << 15;
const MAX_FIELDS = 64;
const CURSOR_LENGTH = 8;
// As in assembly/csv.ts; the bounds of open times lie behind the timeframe.
const POSITION = 0;
const COUNT = 1;
const PREVIOUS = 2;
const TIMEFRAME = 3;
const COLUMNS = 6;

/** Rows of one `next` call; views that are valid until the call after. */
export interface ParsedRows {
  readonly count: number;
  /** timeMs, open, high, low, close, volume. */
  readonly columns: readonly Float64Array[];
  /** True when the line at `position` is not plain and sound; the caller must `resume` behind it. */
  readonly stopped: boolean;
}

/** The CSV kernel (assembly/csv.ts) over a file of any length: a window of bytes at a time. */
export class BarParser {
  /** First byte of the file that was not consumed: the start of a line. */
  position: number;
  readonly #bytes: Buffer;
  readonly #fields: number;
  readonly #kernel: Workspace;

  /** @param bytes whole lines. */
  constructor(
    bytes: Buffer,
    position: number,
    roles: FieldRoles,
    { timeframeMs, fromMs, toMs }: { readonly timeframeMs: number; readonly fromMs: number; readonly toMs: number },
  ) {
    workspace ??= new Workspace();
    this.#kernel = workspace;
    this.#bytes = bytes;
    this.position = position;
    this.#fields = roles.length;
    this.#kernel.roles.set(roles);
    this.#kernel.cursor.fill(-1);
    this.#kernel.cursor.set([timeframeMs, fromMs, toMs], TIMEFRAME);
    this.previousMs = Number.NEGATIVE_INFINITY;
  }

  /** Open time of the row before the next one. */
  get previousMs(): number {
    return this.#kernel.cursor[PREVIOUS] as number;
  }

  set previousMs(ms: number) {
    this.#kernel.cursor[PREVIOUS] = ms;
  }

  /** The next rows, at most a window of them; null at the end of the file. */
  next(): ParsedRows | null {
    if (this.position >= this.#bytes.length) return null;
    const { bytes, cursor, columns } = this.#kernel;
    let end = Math.min(this.#bytes.length, this.position + WINDOW);
    if (end < this.#bytes.length) end = this.#bytes.lastIndexOf(10, end - 1) + 1;
    // A line longer than a window is no row.
    if (end <= this.position) return { count: 0, columns, stopped: true };
    const length = this.#bytes.copy(bytes, 0, this.position, end);
    cursor[POSITION] = 0;
    cursor[COUNT] = 0;
    const stopped = this.#fields > MAX_FIELDS || this.#kernel.run(length, this.#fields);
    this.position += cursor[POSITION] as number;
    return { count: cursor[COUNT] as number, columns, stopped };
  }
}

/** Kernel memory of the parser; one for the process, since files are read one after the other. */
class Workspace {
  readonly bytes: Uint8Array;
  readonly roles: Int32Array;
  readonly cursor: Float64Array;
  readonly columns: readonly Float64Array[];
  readonly #kernels: Kernels;
  readonly #pointers: {
    bytes: Pointer;
    roles: Pointer;
    powers: Pointer;
    row: Pointer;
    columns: Pointer[];
    cursor: Pointer;
  };

  constructor() {
    // Behind the last line the kernel may look ahead by a timestamp.
    const bytesLength = WINDOW + 64;
    this.#kernels = instantiateKernels(bytesLength + 8 * COLUMNS * ROWS + 8 * 128 + 4 * MAX_FIELDS + 4096);
    const { arena } = this.#kernels;
    const bytes = arena.f64(bytesLength / 8);
    const roles = arena.i32(MAX_FIELDS);
    const powers = arena.f64(MAX_POWER + 1);
    const row = arena.f64(COLUMNS);
    const columns = Array.from({ length: COLUMNS }, () => arena.f64(ROWS));
    const cursor = arena.f64(CURSOR_LENGTH);
    this.#pointers = { bytes, roles, powers, row, columns, cursor };
    this.bytes = new Uint8Array(arena.buffer, bytes, bytesLength);
    this.roles = arena.viewI32(roles, MAX_FIELDS);
    this.cursor = arena.viewF64(cursor, CURSOR_LENGTH);
    this.columns = columns.map((column) => arena.viewF64(column, ROWS));
    arena.viewF64(powers, MAX_POWER + 1).set(Array.from({ length: MAX_POWER + 1 }, (_, k) => powerOfTen(k)));
  }

  run(length: number, fields: number): boolean {
    const { bytes, roles, powers, row, columns, cursor } = this.#pointers;
    const [time, open, high, low, close, volume] = columns as [Pointer, Pointer, Pointer, Pointer, Pointer, Pointer];
    const { parseBars } = this.#kernels.exports;
    return (
      parseBars(bytes, length, roles, fields, powers, row, time, open, high, low, close, volume, ROWS, cursor) === 1
    );
  }
}

let workspace: Workspace | undefined;
