import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Writes strategy files to a new folder and returns it. */
export function strategyFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "mcbot-strategy-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** A strategy whose `start` has this body; `params` is {size: 1}. */
export function withStart(body: string, head = ""): string {
  return `import { defineStrategy, math } from "mcbot";
import { z } from "zod";
${head}
export default defineStrategy({
  name: "made",
  params: z.strictObject({ size: z.number().default(1) }),
  warmup: () => 1,
  start({ size }) {
    ${body}
  },
});
`;
}
