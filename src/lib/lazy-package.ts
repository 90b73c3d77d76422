import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * A CommonJS package that most runs never need, loaded at its first use: otherwise the start of every command pays for it.
 * Synchronous, which `import()` is not.
 */
export function lazyPackage<T>(name: string): () => T {
  return () => require(name) as T;
}
