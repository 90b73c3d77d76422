// One mutant after another in a copy of the project: compile the mutated kernels, run the kernel tests against them.
// Started by run.js, which ends it when a mutant does not return.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";
import { createVitest } from "vitest/node";

const sandbox = process.argv[2];
const assembly = join(sandbox, "assembly");
const OPTIONS = "--runtime stub --importMemory --initialMemory 1 --maximumMemory 65536 --enable simd --noAssert";

/** @returns {Promise<Uint8Array | undefined>} undefined when the mutant is no program */
async function compile(file, text, level = "-O0") {
  let binary;
  const { error } = await asc.main(
    ["index.ts", ...OPTIONS.split(" "), level, "--disableWarning", "--outFile", "kernels.wasm"],
    {
      readFile: (name) => {
        if (name === file) return text;
        try {
          return readFileSync(join(assembly, name), "utf8");
        } catch {
          return null;
        }
      },
      writeFile: (_, data) => {
        binary = data;
      },
      listFiles: () => [],
    },
  );
  return error ? undefined : binary;
}

const vitest = await createVitest("test", {
  root: sandbox,
  config: false,
  watch: false,
  reporters: [{}],
  include: ["tests/**/*.test.ts"],
  setupFiles: ["tests/support/dialect.ts"],
  pool: "threads",
  isolate: false,
  maxWorkers: 1,
  bail: 1,
  testTimeout: 60_000,
  // The plain arm runs the source that was not mutated.
  testNamePattern: "^(?!.*plain)",
});

/** Runs the tests in their order until one fails; returns the file that killed, or null. */
async function killer(tests) {
  for (const test of tests) {
    const specifications = await vitest.globTestSpecifications([`tests/${test}.test.ts`]);
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
    // Modules of the files before are in the list, too.
    const module = testModules.find(({ moduleId }) => moduleId.endsWith(`/${test}.test.ts`));
    if (unhandledErrors.length > 0 || !module?.ok()) return test;
  }
  return null;
}

const isSame = (one, two) => Buffer.compare(Buffer.from(one), Buffer.from(two)) === 0;
const original = await compile("", "");
let optimized;
process.on("message", async ({ file, text, tests }) => {
  const binary = text === null ? original : await compile(file, text);
  if (binary === undefined) return process.send({ outcome: "invalid" });
  if (text !== null && isSame(binary, original)) return process.send({ outcome: "same" });
  writeFileSync(join(sandbox, "dist/kernels.wasm"), binary);
  const by = await killer(tests);
  if (by !== null || text === null) return process.send({ outcome: by === null ? "survived" : "killed", by });
  // A survivor that an optimizer turns into the program it came from is no other program.
  optimized ??= await compile("", "", "-O2");
  process.send({ outcome: isSame(await compile(file, text, "-O2"), optimized) ? "same" : "survived" });
});
process.on("disconnect", () => process.exit());
process.send({ outcome: "ready" });
