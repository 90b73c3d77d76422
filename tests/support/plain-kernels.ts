import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import "./dialect.ts";
import { Arena } from "../../src/kernels/arena.ts";
import type { KernelExports } from "../../src/kernels/exports.ts";
import type { Kernels } from "../../src/kernels/load.ts";

type Plain = (...args: unknown[]) => unknown;

/** The same kernels as `instantiateKernels`, run from their source as plain TypeScript. Module-level state is shared: one engine at a time. */
export const plainKernels = await plainKernelsFrom(new URL("../../assembly", import.meta.url).pathname);

/** Kernels from the sources in `folder`, which has the layout of assembly/. */
export async function plainKernelsFrom(folder: string): Promise<(bytes: number) => Kernels> {
  // A computed path: the type checker must not follow it, AssemblyScript's types are checked by assembly/tsconfig.json.
  const source: Record<string, Plain> = await import(join(folder, "index.ts"));
  const parameterTypes = readSignatures(folder);
  return (bytes) => {
    const buffer = new ArrayBuffer(Math.ceil(bytes / 8) * 8 + 65536);
    const exports: Record<string, Plain> = {};
    for (const [name, kernel] of Object.entries(source)) {
      if (typeof kernel !== "function") continue;
      const types = parameterTypes.get(name) ?? [];
      exports[name] = (...args) => kernel(...args.map((arg, i) => toView(buffer, types[i], arg)));
    }
    return { exports: exports as unknown as KernelExports, arena: new Arena(buffer, 16) };
  };
}

function toView(buffer: ArrayBuffer, type: string | undefined, arg: unknown): unknown {
  if (type === "StaticArray<f64>") return new Float64Array(buffer, arg as number);
  if (type === "StaticArray<i32>")
    return new Int32Array(buffer, arg as number, ((buffer.byteLength - (arg as number)) / 4) | 0);
  return arg;
}

/** Parameter types by exported function, read from the sources, so the twin needs no table of its own. */
function readSignatures(folder: string): Map<string, string[]> {
  const signatures = new Map<string, string[]>();
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, name = "", parameters = ""] of text.matchAll(/export function (\w+)\(([^)]*)\)/g)) {
      const types = parameters.split(",").map((parameter) => parameter.split(":")[1]?.trim() ?? "");
      signatures.set(name, types);
    }
  }
  return signatures;
}
