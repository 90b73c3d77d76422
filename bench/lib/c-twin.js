import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { translate } from "./to-c.js";

const CACHE = fileURLToPath(new URL("../.cache/", import.meta.url));
const SOURCE = fileURLToPath(new URL("../c/twin.c", import.meta.url));
export const C_FLAGS = ["-O3", "-march=native", "-ffp-contract=off"];

/**
 * Compiles the C twin of the step kernel.
 *
 * @returns null with the reason when there is no gcc.
 */
export function buildTwin() {
  const { code, binds } = translate("engine/step.ts");
  const order = binds.map((signature) => signature.match(/kernel_(bind\w+)/)[1]);
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(`${CACHE}kernel.h`, `${code}\n${bindAll(binds)}\n`);
  const binary = `${CACHE}twin`;
  try {
    execFileSync("gcc", [...C_FLAGS, "-w", "-I", CACHE, SOURCE, "-o", binary, "-lm"], { stdio: "pipe" });
  } catch (error) {
    if (error.code === "ENOENT") return { twin: null, reason: "no gcc on this machine" };
    throw new Error(`the C twin does not compile:\n${String(error.stderr).slice(0, 2000)}`);
  }
  return { twin: { binary, order }, reason: null };
}

/** C that hands the recorded arguments to the bind functions: an address in the memory for every array, else the number. */
function bindAll(binds) {
  let at = 0;
  const calls = binds.map((signature) => {
    const [, name, list] = signature.match(/(kernel_\w+)\(([^)]*)\)/);
    const values = list.split(",").map((parameter) => {
      const pointer = parameter.trim().match(/^(\w+ \*)/);
      const value = `arguments[${at++}]`;
      return pointer ? `(${pointer[1]})(memory + ${value})` : value;
    });
    return `  ${name}(${values.join(", ")});`;
  });
  return `static void bind_all(char *memory, const int32_t *arguments) {\n${calls.join("\n")}\n}`;
}

/** Kernel exports that remember what they were bound to. */
export function recordBinds(exports) {
  const bound = {};
  const recording = { ...exports };
  for (const [name, bind] of Object.entries(exports)) {
    if (!name.startsWith("bind")) continue;
    recording[name] = (...args) => {
      bound[name] = args;
      return bind(...args);
    };
  }
  return { recording, bound };
}

/** Writes the memory of an engine as it stands, for the twin to begin with; `region` is the state in it. */
export function writeImage({ order }, bound, { buffer, byteOffset, byteLength }, slices, name) {
  const args = order.flatMap((bind) => bound[bind]);
  const head = Int32Array.of(slices, byteOffset, byteLength, args.length, ...args);
  const size = BigInt64Array.of(BigInt(buffer.byteLength));
  const file = `${CACHE}${name}.image`;
  writeFileSync(file, Buffer.concat([head, size, buffer].map((part) => Buffer.from(part.buffer ?? part))));
  return file;
}

/** The memory after `runs` runs over the chunk. */
export function runTwin({ binary }, image, runs) {
  return execFileSync(binary, [image, "runs", String(runs)], { maxBuffer: 2 ** 31 - 1 });
}

/** Seconds of the fastest run over the chunk. */
export function timeTwin({ binary }, image, seconds) {
  return Number(execFileSync(binary, [image, "time", String(seconds)], { encoding: "utf8" })) / 1e9;
}
