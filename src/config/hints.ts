import { distance } from "fastest-levenshtein";
import { timeframeMs } from "../market/timeframe.ts";
import { alternatives, type Description, findKey, keysOf } from "./description.ts";
import { formatPath, type Path } from "./path.ts";

const SECRET_KEY = /secret|passw|passphrase|api_?key|private_?key|token/i;
const WEBHOOK = /^https:\/\/.*(?:webhook|hooks\.)/i;
const QUOTES = /^([A-Z0-9]{2,})(USDT|USDC|BUSD|FDUSD|USD|EUR|BTC|ETH)$/;

/** The known name that needs the fewest edits; null when none is known. */
export function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** True for keys and values that smell of a secret: they are neither accepted nor printed. */
export function looksSecret(key: string, value: unknown): boolean {
  return SECRET_KEY.test(key) || (typeof value === "string" && WEBHOOK.test(value));
}

/** Hint for a key that `parent` does not have: the section of it the key belongs in, else the nearest known key. */
export function unknownKeyHint(
  root: Description,
  parent: Description | undefined,
  at: Path,
  key: string,
): string | null {
  const below = parent ? findKey(parent, key).map((path) => [...at, ...path]) : [];
  if (below.length > 0) return `${key} belongs in ${formatPlaces(below)}`;
  const known = nearest(key, keysOf(parent));
  if (known === null) return null;
  const elsewhere = findKey(root, key);
  const aside = elsewhere.length === 0 ? "" : `; ${key} is a key of ${formatPlaces(elsewhere)}`;
  return `nearest known key: ${known}${aside}`;
}

/** Hint for a value that `node` refuses: the usual slips of unit, type and spelling. */
export function valueHint(node: Description, value: unknown): string | null {
  for (const branch of alternatives(node)) {
    const hint = branchHint(branch, value);
    if (hint !== null) return hint;
  }
  if (typeof value === "number" && !alternatives(node).some(isNumeric) && alternatives(node).some(isText)) {
    return `quote it: "${value}"`;
  }
  if (value === null && node.default !== undefined) return "leave the key out to use its default";
  return null;
}

function branchHint(node: Description, value: unknown): string | null {
  if (node["x-kind"] === "fraction") return percentageHint(node, value) ?? numberHint(value);
  if (node["x-kind"] === "secret") return "put the address in the environment, and its variable's name here";
  if (typeof value === "string") return textHint(node, value);
  if (node.type === "array" && value !== null && typeof value !== "object") return `write a list: [${value}]`;
  return null;
}

/** Hint for text where something else, or other text, is wanted. */
function textHint(node: Description, value: string): string | null {
  if (node.enum) {
    const known = nearest(value, node.enum.map(String));
    // All values are listed already: only a slip of the pen is worth pointing at.
    return known !== null && distance(value, known) <= known.length / 2 ? `nearest: ${known}` : null;
  }
  if (node["x-kind"] === "symbol") return symbolHint(value);
  if (node["x-kind"] === "timeframe") return timeframeHint(value);
  if (node.type === "array") return `write a list: [${value}]`;
  if (isNumeric(node)) return numberHint(value);
  if (node.type === "boolean") return booleanHint(value);
  return null;
}

/** 15 or "15%" where a fraction is wanted. */
function percentageHint(node: Description, value: unknown): string | null {
  const percent =
    typeof value === "number"
      ? value
      : typeof value === "string" && /^[\d.]+ *%$/.test(value)
        ? Number.parseFloat(value)
        : 0;
  // 12 digits: 7 / 100 must read 0.07, not 0.07000000000000001.
  const share = Number((percent / 100).toPrecision(12));
  const limit = node.maximum ?? node.exclusiveMaximum ?? 1;
  const isSlip = typeof value === "string" ? percent > 0 : percent > limit;
  return isSlip && share <= limit ? `a fraction, not a percentage: ${share}` : null;
}

function isNumeric({ type }: Description): boolean {
  return type === "number" || type === "integer";
}

function isText({ type, enum: values }: Description): boolean {
  return type === "string" && values === undefined;
}

function numberHint(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const digits = value.replace(/[_,\s]/g, "");
  if (digits === "" || !Number.isFinite(Number(digits))) return null;
  return digits === value ? `remove the quotes: ${value}` : `write ${digits}`;
}

function booleanHint(value: string): string | null {
  if (/^(?:yes|y|on|true)$/i.test(value)) return "write true";
  return /^(?:no|n|off|false)$/i.test(value) ? "write false" : null;
}

function symbolHint(value: string): string | null {
  const plain = value.toUpperCase().replace(/:.*$/, "").replace(/[-_]/, "/");
  const joined = QUOTES.exec(plain);
  const fixed = joined ? `${joined[1]}/${joined[2]}` : plain;
  return fixed !== value && /^[A-Z0-9]+\/[A-Z0-9]+$/.test(fixed) ? `write ${fixed}` : null;
}

function timeframeHint(value: string): string | null {
  const lower = value.toLowerCase();
  // "5M" elsewhere means five months, so it is not read as minutes.
  return lower !== value && !value.endsWith("M") && timeframeMs(lower) !== null ? `write ${lower}` : null;
}

function formatPlaces(places: readonly Path[]): string {
  const names = places.map((place) =>
    place.length === 0 ? "the top level" : formatPath(place).replaceAll("[-1]", "[]"),
  );
  return names.join(" or ");
}
