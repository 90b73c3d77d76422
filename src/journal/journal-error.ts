import type { ChainProblemCode } from "../lib/chain-record.ts";

export type JournalFailureCode =
  /** The disk is full, or below the reserve that a start asks for. */
  | "NO_SPACE"
  /** A write or sync failed: what is on the medium is unknown. */
  | "IO"
  /** Somebody else wrote to the file. */
  | "FOREIGN_WRITE"
  /** An earlier append failed; its failure is the cause. */
  | "POISONED"
  | "CLOSED";

/** A record is not durable, and nothing may be appended after it: its effect must not happen, the process ends. */
export class JournalFailure extends Error {
  override readonly name = "JournalFailure";
  readonly code: JournalFailureCode;

  constructor(code: JournalFailureCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export type JournalCorruptionCode =
  | ChainProblemCode
  /** The last line has no end and is not the beginning of the record that is due there. */
  | "BAD_TAIL"
  /** The chain holds, the body is none that this version knows. */
  | "BAD_BODY";

/** A journal that must not be continued: a record of it is not what was written, or not one this version understands. */
export class JournalCorruption extends Error {
  override readonly name = "JournalCorruption";
  readonly code: JournalCorruptionCode;
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** Without the place. */
  readonly problem: string;

  constructor(path: string, line: number, code: JournalCorruptionCode, problem: string) {
    super(`${path}:${line}: ${problem} (${code})`);
    this.path = path;
    this.line = line;
    this.code = code;
    this.problem = problem;
  }
}
