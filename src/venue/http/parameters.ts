import { type E8, parseE8 } from "../decimal.ts";
import { refuse } from "../venue-error.ts";

/** Parameters that every signed request may carry. */
const SIGNED = ["timestamp", "recvWindow", "signature"];

/** The parameters of one request, each read at most once by the endpoint that knows its meaning. */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>;

  /** @throws VenueError −1104 when something was sent that the endpoint does not know. */
  constructor(raw: URLSearchParams, known: readonly string[]) {
    const allowed = new Set([...known, ...SIGNED]);
    const sent = [...raw.keys()];
    const read = sent.filter((name) => allowed.has(name));
    if (read.length < sent.length) throw refuse.tooManyParameters(read.length, sent.length);
    this.#values = new Map(raw);
  }

  text(name: string): string | null {
    const value = this.#values.get(name);
    return value === undefined || value === "" ? null : value;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === null) throw refuse.missing(name);
    return value;
  }

  decimal(name: string): E8 | null {
    const text = this.text(name);
    if (text === null) return null;
    const value = parseE8(text);
    if (value === null) throw /^-?\d+\.\d+$/.test(text) ? refuse.badPrecision() : refuse.illegal(name);
    return value;
  }

  requiredDecimal(name: string): E8 {
    const value = this.decimal(name);
    if (value === null) throw refuse.missing(name);
    return value;
  }

  whole(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    if (!/^\d{1,16}$/.test(text)) throw refuse.illegal(name);
    return Number(text);
  }

  requiredWhole(name: string): number {
    const value = this.whole(name);
    if (value === null) throw refuse.missing(name);
    return value;
  }

  /** "true" or "false" in any case. */
  flag(name: string): boolean | null {
    const text = this.text(name)?.toLowerCase() ?? null;
    if (text === null) return null;
    if (text !== "true" && text !== "false") throw refuse.badParameter(name);
    return text === "true";
  }

  /** One of `values`, or the refusal that belongs to this parameter. */
  oneOf<T extends string>(name: string, values: readonly T[], refusal = refuse.badParameter(name)): T | null {
    const text = this.text(name);
    if (text === null) return null;
    const value = values.find((known) => known === text);
    if (value === undefined) throw refusal;
    return value;
  }
}
