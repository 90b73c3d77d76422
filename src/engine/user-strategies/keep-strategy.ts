import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { loadStrategy } from "./load-strategy.ts";

/**
 * Copies a strategy's sources to `folder`, each in its place relative to the others, so that the copy has the same id.
 *
 * @returns where its own file is now, relative to `folder`.
 * @throws StrategyFileError when the source is not that of `id` any more.
 */
export function keepStrategy(id: string, entry: string, folder: string): string {
  const { files } = loadStrategy(id, entry);
  let root = dirname(entry);
  while (files.some((file) => relative(root, file).startsWith(".."))) root = dirname(root);
  for (const file of files) {
    const copy = join(folder, relative(root, file));
    mkdirSync(dirname(copy), { recursive: true });
    if (copy !== file) copyFileSync(file, copy);
  }
  return relative(root, entry);
}
