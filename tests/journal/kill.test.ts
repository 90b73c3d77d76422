// Goal: a killed writer loses nothing that it was told is durable, and its successor goes on.
// Method: a real process that appends and reports, a real SIGKILL at some moment, a real file.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openJournal } from "../../src/journal/journal.ts";
import { temporaryFolder } from "../support/cli.ts";

const JOURNAL = new URL("../../dist/journal/journal.js", import.meta.url).href;
const check = (body: unknown) => ({ ok: true, body: body as { n: number } }) as const;

it("survives SIGKILL", async () => {
  const path = join(temporaryFolder(), "journal.ndjson");
  const script = `
    import { writeSync } from "node:fs";
    const { openJournal } = await import(${JSON.stringify(JOURNAL)});
    const { journal } = openJournal(${JSON.stringify(path)}, (body) => ({ ok: true, body }), () => {});
    for (let n = journal.records; ; n++) {
      journal.append({ n, text: "x".repeat(n % 700) });
      writeSync(1, n + "\\n");
    }`;
  let next = 0;
  for (const records of [1, 5, 20, 60, 150]) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let reported = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      reported += text;
      if (reported.split("\n").length > records) child.kill("SIGKILL");
    });
    await once(child, "close");
    const last = Number(reported.trimEnd().split("\n").at(-1));
    const found: number[] = [];
    const { journal } = openJournal(path, check, ({ body }) => found.push(body.n));
    journal.close();
    expect(found).toEqual(found.map((_, i) => i));
    // One more may be there: written, but not reported any more.
    expect([last + 1, last + 2]).toContain(found.length);
    expect(found.length).toBeGreaterThan(next);
    next = found.length;
  }
});
