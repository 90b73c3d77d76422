import { closeSync, openSync, readSync } from "node:fs";

const BLOCK = 1 << 20;

/**
 * The lines of a file, line breaks included, a block at a time: memory is that of the longest line, not of the file. What
 * follows the last line break comes last, without one. A line is valid until the next is taken.
 */
export function* readLines(path: string): Generator<Buffer> {
  const file = openSync(path, "r");
  try {
    let kept = Buffer.alloc(0);
    const block = Buffer.alloc(BLOCK);
    for (let read = readSync(file, block); read > 0; read = readSync(file, block)) {
      const bytes = kept.length === 0 ? block.subarray(0, read) : Buffer.concat([kept, block.subarray(0, read)]);
      let from = 0;
      // What was kept holds no line break.
      for (let end = bytes.indexOf(10, kept.length); end !== -1; end = bytes.indexOf(10, from)) {
        yield bytes.subarray(from, end + 1);
        from = end + 1;
      }
      kept = Buffer.from(bytes.subarray(from));
    }
    if (kept.length > 0) yield kept;
  } finally {
    closeSync(file);
  }
}
