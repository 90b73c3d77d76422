import { ConfigError } from "../config/config-error.ts";
import { formatConfigError } from "../config/format-error.ts";
import { PanicError } from "../control/control-desk.ts";
import { RecordingError } from "../engine/recording/recording-error.ts";
import { RunFolderError } from "../engine/run-folder.ts";
import { CredentialsError } from "../exchange/credentials.ts";
import { VenueError } from "../exchange/port.ts";
import { JournalCorruption, JournalFailure } from "../journal/journal-error.ts";
import { LockedError as AccountLockedError } from "../journal/lock.ts";
import { AssertionError } from "../lib/assert.ts";
import { FileLockedError } from "../lib/file-lock.ts";
import { ChainError } from "../lib/hash-chain.ts";
import { DivergenceError } from "../live/divergence-error.ts";
import { StateFolderError } from "../live/state-folder.ts";
import { DataError, type DataIssueCode } from "../market/data-error.ts";
import { CapacityError } from "../orchestrator/capacity-error.ts";
import { PromotionError, TuningFolderError } from "../tuning/tuning-error.ts";
import { EXIT } from "./exit-codes.ts";
import { UsageError } from "./usage-error.ts";

export interface Failure {
  readonly exitCode: number;
  /** For stderr. */
  readonly text: string;
}

/** Nothing is there to read, as opposed to something that is wrong. */
const UNAVAILABLE: ReadonlySet<DataIssueCode> = new Set([
  "NO_FOLDER",
  "NO_BARS",
  "UNKNOWN_SYMBOL",
  "UNKNOWN_TIMEFRAME",
  "NO_COMMON_TIMEFRAME",
  "NO_FUNDING",
  "UNREADABLE",
  "VENUE",
]);

const BAD_INPUT = [UsageError, CredentialsError, StateFolderError, RunFolderError, RecordingError, CapacityError];

/** What a command that threw prints and exits with. */
export function describeFailure(error: unknown, { color }: { color: boolean }): Failure {
  if (error instanceof ConfigError) return { exitCode: EXIT.configInvalid, text: formatConfigError(error, { color }) };
  if (error instanceof DataError) {
    const unavailable = error.issues.every(({ code }) => UNAVAILABLE.has(code));
    return { exitCode: unavailable ? EXIT.unavailable : EXIT.usage, text: `error: ${error.message}` };
  }
  if (error instanceof TuningFolderError) return { exitCode: EXIT.usage, text: `error: ${error.message}` };
  if (error instanceof PromotionError) return { exitCode: EXIT.error, text: `refused: ${error.message}` };
  if (error instanceof AccountLockedError || error instanceof FileLockedError)
    return { exitCode: EXIT.tryAgain, text: `error: ${error.message}` };
  if (error instanceof VenueError)
    return { exitCode: EXIT.unavailable, text: `error: ${error.kind}: ${error.message}` };
  if (error instanceof JournalCorruption)
    return {
      exitCode: EXIT.error,
      text: `error: ${error.message}; nothing was changed: restore the journal, or find out who changed it`,
    };
  if (error instanceof JournalFailure)
    return {
      exitCode: error.code === "NO_SPACE" ? EXIT.tryAgain : EXIT.error,
      text: `error: ${error.message}; nothing was sent after it`,
    };
  if (error instanceof DivergenceError) return { exitCode: EXIT.replayMismatch, text: `error: ${error.message}` };
  if (error instanceof PanicError) return { exitCode: EXIT.error, text: `error: ${error.message}` };
  if (error instanceof ChainError) return { exitCode: EXIT.error, text: `error: ${error.message}` };
  if (BAD_INPUT.some((kind) => error instanceof kind))
    return { exitCode: EXIT.usage, text: `error: ${(error as Error).message}` };
  if (error instanceof AssertionError) {
    const text = `internal error: ${error.message}\nThis is a bug in mcbot. Nothing was half-written; restarting is safe.\n${error.stack}`;
    return { exitCode: EXIT.internal, text };
  }
  if (isSystemError(error)) return { exitCode: EXIT.error, text: `error: ${error.message}` };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: EXIT.internal, text: `internal error: ${text}` };
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string";
}
