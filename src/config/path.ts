/** The way to a value in a config file: keys and list positions. */
export type Path = readonly (string | number)[];

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;
const SEGMENT = /([A-Za-z_][\w-]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y;

/** "pods[0].risk.max_leverage"; keys with other characters are quoted: `data.instruments["BTC/USDT"].lot`. */
export function formatPath(path: Path): string {
  return path.map((part, i) => formatPart(part, i === 0)).join("");
}

/** Inverse of `formatPath`; null when `text` is not a path. */
export function parsePath(text: string): Path | null {
  const path: (string | number)[] = [];
  let at = 0;
  while (at < text.length) {
    const dotted = path.length > 0 && text[at] === ".";
    if (dotted) at++;
    SEGMENT.lastIndex = at;
    const match = SEGMENT.exec(text);
    if (match === null) return null;
    const [whole, key, index, quoted] = match;
    // A dot belongs before a plain key inside a path, and nowhere else.
    if ((key !== undefined && path.length > 0) !== dotted) return null;
    path.push(key ?? (index === undefined ? unquote(quoted ?? "") : Number(index)));
    at += whole.length;
  }
  return path;
}

export function startsWith(path: Path, prefix: Path): boolean {
  return prefix.length <= path.length && prefix.every((part, i) => part === path[i]);
}

/** The value at `path`, undefined when there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function formatPart(part: string | number, first: boolean): string {
  if (typeof part === "number") return `[${part}]`;
  if (!PLAIN_KEY.test(part)) return `[${JSON.stringify(part)}]`;
  return first ? part : `.${part}`;
}

function unquote(body: string): string {
  return body.replace(/\\(.)/g, "$1");
}
