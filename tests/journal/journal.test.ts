// Goal: what `append` returned from is there for ever; what it threw from has no successor; a damaged file is never taken
// for something it is not.
// Method: a disk that breaks on demand; every cut and many flipped bits of a real chain.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Journal, openJournal } from "../../src/journal/journal.ts";
import { JournalCorruption, JournalFailure } from "../../src/journal/journal-error.ts";
import { type BodyCheck, readJournal } from "../../src/journal/read-journal.ts";
import { verifyChain } from "../../src/lib/hash-chain.ts";
import { temporaryFolder } from "../support/cli.ts";
import { type DiskFault, MemoryDisk } from "../support/memory-disk.ts";

interface Note {
  readonly n: number;
  readonly text: string;
}

const PATH = "/state/journal.ndjson";

const checkNote: BodyCheck<Note> = (body) => {
  const { n, text, ...others } = body as Record<string, unknown>;
  const ok = typeof n === "number" && typeof text === "string" && Object.keys(others).length === 0;
  return ok ? { ok, body: body as Note } : { ok: false, message: "not a note" };
};

function open(
  disk: MemoryDisk,
  settings = {},
): { journal: Journal<Note>; notes: Note[]; torn: string; created: boolean } {
  const notes: Note[] = [];
  const opened = openJournal(PATH, checkNote, ({ body }) => notes.push(body), {
    disk,
    minFreeBytes: 0,
    ballastBytes: 64,
    ...settings,
  });
  return { ...opened, notes };
}

/** Texts with what JSON escapes and what UTF-8 spreads over several bytes. */
const TEXTS = ["", 'quote " and \\', "line\nbreak\u001f", "é ü 語 🙂", "x".repeat(40), "J*\u0000"];

function notesOf(count: number): Note[] {
  return Array.from({ length: count }, (_, n) => ({ n, text: TEXTS[n % TEXTS.length] as string }));
}

function written(count: number): Buffer {
  const disk = new MemoryDisk();
  open(disk).journal.append(...notesOf(count));
  return Buffer.from(disk.text(PATH));
}

describe("a journal", () => {
  it("starts empty, and comes back with what was appended", () => {
    const disk = new MemoryDisk();
    const first = open(disk);
    expect(first).toMatchObject({ created: true, torn: "", notes: [] });
    expect(first.journal.append({ n: 0, text: "a" }, { n: 1, text: "b" }).map(({ seq }) => seq)).toEqual([0, 1]);
    first.journal.append({ n: 2, text: "c" });
    first.journal.close();
    first.journal.close();
    const second = open(disk);
    expect(second).toMatchObject({ created: false, torn: "" });
    expect(second.notes.map(({ n }) => n)).toEqual([0, 1, 2]);
    expect(second.journal.head).toBe(first.journal.head);
    expect(second.journal.records).toBe(3);
    expect(second.journal.length).toBe(Buffer.byteLength(disk.text(PATH)));
    second.journal.close();
    expect(disk.handles).toBe(0);
  });

  it("is on the medium when append returns, one write and one sync however many records", () => {
    const disk = new MemoryDisk();
    const { journal } = open(disk);
    const { writes, syncs } = disk;
    journal.append(...notesOf(5));
    expect([disk.writes - writes, disk.syncs - syncs]).toEqual([1, 1]);
    expect(disk.files.get(PATH)?.durable.toString()).toBe(disk.text(PATH));
  });

  it("is a hash chain like the audit log", () => {
    const path = join(temporaryFolder(), "journal.ndjson");
    const { journal } = openJournal(path, checkNote, () => {});
    journal.append(...notesOf(4));
    const { records, head, problem, tornBytes } = verifyChain(path);
    expect({ records: records.length, head, problem, tornBytes }).toEqual({
      records: 4,
      head: journal.head,
      problem: null,
      tornBytes: 0,
    });
    journal.close();
  });

  it("reads lines of any length", () => {
    const path = join(temporaryFolder(), "journal.ndjson");
    const { journal } = openJournal(path, checkNote, () => {});
    const long = { n: 1, text: "z".repeat(3 << 20) };
    journal.append({ n: 0, text: "" }, long, { n: 2, text: "" });
    journal.close();
    expect([...readJournal(path, checkNote)].map(({ body }) => body.text.length)).toEqual([0, 3 << 20, 0]);
  });

  it("refuses a body that could not be read back, and writes nothing", () => {
    const disk = new MemoryDisk();
    const { journal } = open(disk);
    expect(() => journal.append({ n: 0, text: "" }, { n: 1 } as unknown as Note)).toThrow("could not be read back");
    expect(disk.text(PATH)).toBe("");
    journal.append({ n: 0, text: "" });
    expect(journal.failure).toBeNull();
  });

  it("refuses to append when closed", () => {
    const { journal } = open(new MemoryDisk());
    journal.close();
    expect(() => journal.append({ n: 0, text: "" })).toThrow(expect.objectContaining({ code: "CLOSED" }));
    expect(journal.appendLast({ n: 0, text: "" })).toBe(false);
  });

  it("keeps room for its last words", () => {
    const disk = new MemoryDisk();
    const { journal } = open(disk, { ballastBytes: 4096 });
    journal.append({ n: 0, text: "" });
    disk.room = 100;
    expect(journal.freeBytes()).toBe(100);
    expect(() => journal.append({ n: 1, text: "" })).toThrow(expect.objectContaining({ code: "NO_SPACE" }));
    expect(journal.appendLast({ n: 9, text: "halt" })).toBe(true);
    expect(() => journal.append({ n: 2, text: "" })).toThrow(expect.objectContaining({ code: "POISONED" }));
    expect(journal.appendLast({ n: 10, text: "again" })).toBe(false);
    disk.room = 1e6;
    expect(open(disk, { ballastBytes: 4096 }).notes.map(({ n }) => n)).toEqual([0, 9]);
  });
});

describe("a disk that fails", () => {
  const appends: [string, DiskFault, string, boolean][] = [
    ["full, nothing written", { on: "write", code: "ENOSPC" }, "NO_SPACE", true],
    ["full, half written", { on: "write", bytes: 60 }, "NO_SPACE", true],
    ["over quota", { on: "write", code: "EDQUOT" }, "NO_SPACE", true],
    ["write error", { on: "write", code: "EIO" }, "IO", false],
    ["sync error", { on: "sync", code: "EIO" }, "IO", false],
  ];
  it.each(appends)("poisons the journal: %s", (_, fault, code, lastWords) => {
    const disk = new MemoryDisk();
    const { journal } = open(disk);
    journal.append({ n: 0, text: "kept" });
    disk.faults.push(fault);
    expect(() => journal.append({ n: 1, text: "lost" })).toThrow(
      expect.objectContaining({ name: "JournalFailure", code }),
    );
    expect(journal.failure?.code).toBe(code);
    // The disk is well again; the journal is not.
    expect(() => journal.append({ n: 2, text: "after" })).toThrow(expect.objectContaining({ code: "POISONED" }));
    expect(journal.appendLast({ n: 3, text: "halt" })).toBe(lastWords);
    const { notes, torn } = open(disk);
    expect(torn).toBe("");
    expect(notes.map(({ n }) => n)).toEqual(lastWords ? [0, 3] : [0]);
  });

  it("leaves a torn tail where it cannot cut, and the next start does", () => {
    const disk = new MemoryDisk();
    const { journal } = open(disk);
    journal.append({ n: 0, text: "kept" });
    disk.faults.push({ on: "write", bytes: 30 }, { on: "truncate", code: "EIO" });
    expect(() => journal.append({ n: 1, text: "lost" })).toThrow(JournalFailure);
    expect(journal.appendLast({ n: 2, text: "halt" })).toBe(false);
    const { notes, torn } = open(disk);
    expect(torn).toHaveLength(30);
    expect(notes.map(({ n }) => n)).toEqual([0]);
  });

  it("says false when even the last words fail", () => {
    const disk = new MemoryDisk();
    const { journal } = open(disk);
    disk.faults.push({ on: "write", code: "ENOSPC" }, { on: "sync", code: "EIO" });
    expect(() => journal.append({ n: 0, text: "" })).toThrow(JournalFailure);
    expect(journal.appendLast({ n: 1, text: "halt" })).toBe(false);
    expect(journal.failure?.code).toBe("NO_SPACE");
  });

  it("notices that somebody else writes, and does not cut what is not its own", () => {
    const disk = new MemoryDisk();
    const { journal } = open(disk);
    journal.append({ n: 0, text: "" });
    const other = disk.openForAppend(PATH);
    disk.write(other, Buffer.from("other\n"));
    expect(() => journal.append({ n: 1, text: "" })).toThrow(expect.objectContaining({ code: "FOREIGN_WRITE" }));
    expect(disk.text(PATH)).toMatch(/other\n$/);
  });

  const starts: [string, (disk: MemoryDisk) => void, object, string][] = [
    ["too little room", (disk) => Object.assign(disk, { room: 999 }), { minFreeBytes: 1000 }, "NO_SPACE"],
    ["no room for the ballast", (disk) => Object.assign(disk, { room: 50 }), {}, "NO_SPACE"],
    ["a read-only folder", (disk) => disk.faults.push({ on: "openForAppend", code: "EROFS" }), {}, "IO"],
    ["a sync error", (disk) => disk.faults.push({ on: "sync", code: "EIO" }), {}, "IO"],
  ];
  it.each(starts)("refuses a start: %s", (_, damage, settings, code) => {
    const disk = new MemoryDisk();
    damage(disk);
    expect(() => open(disk, settings)).toThrow(expect.objectContaining({ name: "JournalFailure", code }));
    expect(disk.handles).toBe(0);
  });

  it("refuses a start when there is no room to end the last line", () => {
    const disk = new MemoryDisk();
    disk.put(PATH, written(2).subarray(0, -1));
    disk.faults.push({ on: "write", bytes: 0 });
    expect(() => open(disk)).toThrow(expect.objectContaining({ code: "NO_SPACE" }));
  });
});

describe("a damaged file", () => {
  const whole = written(6);
  const notes = notesOf(6);
  const ends = [...whole.entries()].filter(([, byte]) => byte === 10).map(([i]) => i);

  it("cut at any byte: comes back as the records before the cut, then goes on", () => {
    for (let cut = 0; cut <= whole.length; cut++) {
      const disk = new MemoryDisk();
      disk.put(PATH, whole.subarray(0, cut));
      const opened = open(disk);
      // A record counts from its last byte on, with or without its line break.
      const due = ends.filter((end) => end <= cut).length;
      expect(opened.notes).toEqual(notes.slice(0, due));
      const inside = cut > 0 && !ends.includes(cut) && !ends.includes(cut - 1);
      expect(opened.torn !== "").toBe(inside);
      opened.journal.append({ n: 99, text: "next" });
      expect(open(disk).notes).toEqual([...notes.slice(0, due), { n: 99, text: "next" }]);
    }
  });

  it("cut at any byte and filled up with zeros, as a lost page does", () => {
    for (let cut = 0; cut <= whole.length; cut++) {
      const disk = new MemoryDisk();
      disk.put(PATH, Buffer.concat([whole.subarray(0, cut), Buffer.alloc(17)]));
      const opened = open(disk);
      expect(opened.notes).toEqual(notes.slice(0, ends.filter((end) => end <= cut).length));
      opened.journal.append({ n: 99, text: "next" });
      expect(open(disk).notes.at(-1)).toEqual({ n: 99, text: "next" });
    }
  });

  it("with any flipped bit: is refused, nothing changed", () => {
    const accepted: [number, number][] = [];
    const disk = new MemoryDisk();
    const short = written(4);
    for (let byte = 0; byte < short.length; byte++) {
      for (let bit = 0; bit < 8; bit++) {
        const damaged = Buffer.from(short);
        damaged[byte] = (damaged[byte] as number) ^ (1 << bit);
        disk.put(PATH, damaged);
        try {
          open(disk);
          accepted.push([byte, bit]);
        } catch (error) {
          if (!(error instanceof JournalCorruption)) throw error;
          if (!disk.files.get(PATH)?.content.equals(damaged)) accepted.push([byte, bit]);
        }
      }
    }
    expect(accepted).toEqual([]);
  });

  it("cut and flipped: only ever a beginning of what was written, or a refusal", () => {
    const cutAndFlip = fc.tuple(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(7));
    fc.assert(
      fc.property(cutAndFlip, ([cut, byte, bit]) => {
        const damaged = Buffer.from(whole.subarray(0, cut));
        if (byte < cut) damaged[byte] = (damaged[byte] as number) ^ (1 << bit);
        const disk = new MemoryDisk();
        disk.put(PATH, damaged);
        let found: Note[];
        try {
          found = open(disk).notes;
        } catch (error) {
          expect(error).toBeInstanceOf(JournalCorruption);
          return;
        }
        const sound = ends.filter((end) => end <= cut && end < (byte < cut ? byte : cut + 1)).length;
        expect(found).toEqual(notes.slice(0, found.length));
        expect(found.length).toBeGreaterThanOrEqual(sound);
      }),
      { seed: 7, numRuns: 1000 },
    );
  });

  it.each<[string, (lines: string[]) => void, string, number]>([
    ["a removed record", (lines) => lines.splice(2, 1), "GAP", 3],
    ["a repeated record", (lines) => lines.splice(2, 0, lines[1] as string), "GAP", 3],
    ["an edited record", (lines) => lines.splice(1, 1, (lines[1] as string).replace('"n":1', '"n":7')), "ALTERED", 2],
    [
      "another spelling",
      (lines) => lines.splice(2, 1, (lines[2] as string).replace("\\u001f", "\\u001F")),
      "ALTERED",
      3,
    ],
    ["a space", (lines) => lines.splice(4, 1, `${lines[4]} `), "ALTERED", 5],
    ["a last record without sense", (lines) => lines.splice(-1, 1, "}"), "BAD_TAIL", 7],
  ])("names the line: %s", (_, change, code, line) => {
    const lines = whole.toString().split("\n");
    change(lines);
    const disk = new MemoryDisk();
    disk.put(PATH, lines.join("\n"));
    expect(() => open(disk)).toThrow(expect.objectContaining({ code, line, path: PATH }));
  });

  it("refuses a body it does not know, chained or not", () => {
    const disk = new MemoryDisk();
    const { journal } = openJournal<object>(
      PATH,
      (body) => ({ ok: true, body: body as object }),
      () => {},
      {
        disk,
        minFreeBytes: 0,
      },
    );
    journal.append({ n: 0, text: "" }, { unheard: "of" });
    journal.close();
    expect(() => open(disk)).toThrow(`${PATH}:2: not a note (BAD_BODY)`);
  });

  it("on the real disk, too", () => {
    const path = join(temporaryFolder(), "journal.ndjson");
    writeFileSync(path, whole.subarray(0, -20));
    const found: Note[] = [];
    const { journal, torn } = openJournal(path, checkNote, ({ body }) => found.push(body));
    expect(found).toEqual(notes.slice(0, 5));
    expect(torn.length).toBeGreaterThan(0);
    journal.append({ n: 5, text: "again" });
    journal.close();
    expect(readFileSync(path, "utf8").split("\n")).toHaveLength(7);
    expect([...readJournal(path, checkNote)].at(-1)?.body).toEqual({ n: 5, text: "again" });
  });
});
