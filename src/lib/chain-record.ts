import { createHash } from "node:crypto";

// One line of a hash-chained file: {"seq": 0, "prev": "<hash of the line before>", "body": {…}, "hash": "<SHA-256>"}.
// `hash` is SHA-256 (hex) of `${prev}\n${seq}\n${JSON of body as it stands in the line}`; the first `prev` is 64 zeros.
// The audit log, the lineage and the journal of live trading share this format.

export const GENESIS = "0".repeat(64);

export interface ChainRecord {
  readonly seq: number;
  readonly prev: string;
  readonly body: unknown;
  readonly hash: string;
}

export type ChainProblemCode = "NOT_JSON" | "NOT_A_RECORD" | "GAP" | "BROKEN_LINK" | "ALTERED";

/** The first line that does not belong. */
export interface ChainProblem {
  readonly code: ChainProblemCode;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export type CheckedLine =
  | { readonly ok: true; readonly record: ChainRecord }
  | { readonly ok: false; readonly problem: Omit<ChainProblem, "line"> };

/** The record that follows `prev`, and its line without the line break. */
export function makeRecord(seq: number, prev: string, body: unknown): { record: ChainRecord; line: string } {
  const json = JSON.stringify(body);
  const hash = hashOf(prev, seq, json);
  return {
    record: { seq, prev, body, hash },
    line: `{"seq":${seq},"prev":"${prev}","body":${json},"hash":"${hash}"}`,
  };
}

/** Whether the bytes of a line, without its line break, are record `seq` after the record with hash `prev`, to the byte. */
export function checkLine(line: Buffer, seq: number, prev: string): CheckedLine {
  const bad = (code: ChainProblemCode, message: string): CheckedLine => ({ ok: false, problem: { code, message } });
  const found = parseRecord(line.toString());
  if (typeof found === "string")
    return found === "NOT_JSON"
      ? bad(found, "the line is not JSON")
      : bad(found, "expected the fields seq, prev, body and hash, and no others");
  if (found.seq !== seq) return bad("GAP", `record ${found.seq} stands where ${seq} belongs`);
  if (found.prev !== prev) return bad("BROKEN_LINK", `it follows ${found.prev}, the line before it is ${prev}`);
  const due = makeRecord(seq, prev, found.body);
  if (found.hash !== due.record.hash)
    return bad("ALTERED", `its content hashes to ${due.record.hash}, it says ${found.hash}`);
  // JSON has several spellings of a value; only the one that was written is a sound record.
  if (!Buffer.from(due.line).equals(line))
    return bad("ALTERED", "its spelling is not that of the record that was written");
  return { ok: true, record: found };
}

/** A line as a record that agrees with its own hash, whatever stands before it; null when it does not. */
export function readSoundRecord(line: string): ChainRecord | null {
  const found = parseRecord(line);
  if (typeof found === "string") return null;
  return hashOf(found.prev, found.seq, JSON.stringify(found.body)) === found.hash ? found : null;
}

function parseRecord(line: string): ChainRecord | "NOT_JSON" | "NOT_A_RECORD" {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return "NOT_JSON";
  }
  if (typeof json !== "object" || json === null) return "NOT_A_RECORD";
  const { seq, prev, body, hash, ...others } = json as Record<string, unknown>;
  if (Object.keys(others).length > 0 || typeof body !== "object" || body === null) return "NOT_A_RECORD";
  if (!Number.isSafeInteger(seq) || typeof prev !== "string" || typeof hash !== "string") return "NOT_A_RECORD";
  return { seq: seq as number, prev, body, hash };
}

function hashOf(prev: string, seq: number, json: string): string {
  return createHash("sha256").update(`${prev}\n${seq}\n${json}`).digest("hex");
}
