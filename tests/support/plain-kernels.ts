import { readdirSync, readFileSync } from "node:fs";
import "./dialect.ts";
import { Arena } from "../../src/kernels/arena.ts";
import type { KernelExports } from "../../src/kernels/exports.ts";
import type { Kernels } from "../../src/kernels/load.ts";

type Plain = (...args: unknown[]) => unknown;

const ASSEMBLY = new URL("../../assembly/", import.meta.url);
// A computed path: the type checker must not follow it, AssemblyScript's types are checked by assembly/tsconfig.json.
const source: Record<string, Plain> = await import(new URL("index.ts", ASSEMBLY).pathname);
const parameterTypes = readSignatures();

/** The same kernels as `instantiateKernels`, run from their source as plain TypeScript. Module-level state is shared: one engine at a time. */
export function plainKernels(bytes: number): Kernels {
  const buffer = new ArrayBuffer(bytes + 65536);
  const exports: Record<string, Plain> = {};
  for (const [name, kernel] of Object.entries(source)) {
    if (typeof kernel !== "function") continue;
    const types = parameterTypes.get(name) ?? [];
    exports[name] = (...args) => kernel(...args.map((arg, i) => toView(buffer, types[i], arg)));
  }
  return { exports: exports as unknown as KernelExports, arena: new Arena(buffer, 16) };
}

function toView(buffer: ArrayBuffer, type: string | undefined, arg: unknown): unknown {
  if (type === "StaticArray<f64>") return new Float64Array(buffer, arg as number);
  if (type === "StaticArray<i32>")
    return new Int32Array(buffer, arg as number, ((buffer.byteLength - (arg as number)) / 4) | 0);
  return arg;
}

/** Parameter types by exported function, read from the sources, so the twin needs no table of its own. */
function readSignatures(): Map<string, string[]> {
  const signatures = new Map<string, string[]>();
  const files = readdirSync(ASSEMBLY, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  for (const file of files) {
    const text = readFileSync(new URL(file, ASSEMBLY), "utf8");
    for (const [, name = "", parameters = ""] of text.matchAll(/export function (\w+)\(([^)]*)\)/g)) {
      const types = parameters.split(",").map((parameter) => parameter.split(":")[1]?.trim() ?? "");
      signatures.set(name, types);
    }
  }
  return signatures;
}
