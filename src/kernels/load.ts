import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import { assert } from "../lib/assert.ts";
import { Arena } from "./arena.ts";
import type { KernelExports } from "./exports.ts";

const PAGE_BYTES = 65536;
/** The limit the module declares for its imported memory; an import without `maximum` is a LinkError. */
const MAX_PAGES = 65536;

export interface Kernels {
  readonly exports: KernelExports;
  readonly arena: Arena;
}

let bytes: Buffer | undefined;
let compiled: WebAssembly.Module | undefined;

/** The module as it is on disk: what the engine hash is made of. */
export function kernelBytes(): Uint8Array {
  bytes ??= readFileSync(kernelFile());
  return bytes;
}

/** Compiles the kernels once per process. `MCBOT_DEBUG_KERNELS=1` selects the build with assertions and names. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(kernelBytes());
  return compiled;
}

/** Takes a module that another thread compiled: a pool of workers compiles once. */
export function adoptKernelModule(module: WebAssembly.Module): void {
  compiled ??= module;
}

/**
 * A fresh instance with its own memory of fixed size.
 *
 * @param bytes what the caller will reserve from the arena; the memory is rounded up to whole pages.
 */
export function instantiateKernels(bytes: number): Kernels {
  const pages = 1 + Math.ceil(bytes / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: MAX_PAGES });
  const exports = instantiateSync<KernelExports & Record<string, unknown>>(kernelModule(), { env: { memory } }).exports;
  assert(exports.heapBase() <= PAGE_BYTES, "kernels: static data overlaps the arena");
  return { exports, arena: new Arena(memory.buffer, PAGE_BYTES) };
}

function kernelFile(): URL {
  const name = process.env.MCBOT_DEBUG_KERNELS === "1" ? "kernels.debug.wasm" : "kernels.wasm";
  // From dist/kernels/ the file lies one folder up; from src/kernels/ (tests) it lies in dist/.
  const inSource = import.meta.url.endsWith(".ts");
  return new URL(inSource ? `../../dist/${name}` : `../${name}`, import.meta.url);
}
