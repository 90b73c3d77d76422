import type { FaultRule, RequestFault, StateFault } from "./script.ts";

interface Entry {
  readonly rule: FaultRule;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly request: RegExp | null;
  seen: number;
  done: boolean;
}

export interface RequestFacts {
  readonly method: string;
  readonly path: string;
  readonly clientId: string | null;
}

/** Decides which faults are due: those of the exchange by its clock, those of requests as they arrive. */
export class FaultBoard {
  readonly #entries: Entry[];
  /** A xorshift state: the same seed, the same drops. */
  #random: number;

  constructor(rules: readonly FaultRule[], seed: number) {
    this.#random = (seed * 2_654_435_761 + 88_172_645) >>> 0 || 1;
    this.#entries = [];
    this.add(rules);
  }

  add(rules: readonly FaultRule[]): void {
    for (const rule of rules) {
      this.#entries.push({
        rule,
        fromMs: toMs(rule.at.simTime, Number.NEGATIVE_INFINITY),
        untilMs: toMs(rule.at.until, Number.POSITIVE_INFINITY),
        request: rule.at.req === undefined ? null : pattern(rule.at.req),
        seen: 0,
        done: false,
      });
    }
  }

  /** State faults whose time has come, in the order of their times, each once. One that waits for a request fires just before it. */
  dueAt(nowMs: number): { readonly timeMs: number; readonly does: StateFault }[] {
    const due = this.#entries.filter(
      ({ done, fromMs, rule: { at } }) => !done && at.req === undefined && at.cid === undefined && nowMs >= fromMs,
    );
    for (const entry of due) entry.done = true;
    return due
      .sort((a, b) => Number(a.fromMs > b.fromMs) - Number(a.fromMs < b.fromMs))
      .flatMap(({ fromMs, rule: { fault } }) => (fault.kind === "state" ? [{ timeMs: fromMs, does: fault.does }] : []));
  }

  onRequest(facts: RequestFacts, nowMs: number): { state: StateFault[]; request: RequestFault[] } {
    const hit = this.#entries.filter((entry) => this.#matches(entry, facts, nowMs));
    for (const entry of hit)
      if (entry.rule.at.nth !== undefined || entry.rule.fault.kind === "state") entry.done = true;
    return {
      state: hit.flatMap(({ rule }) => (rule.fault.kind === "state" ? [rule.fault.does] : [])),
      request: hit.flatMap(({ rule }) => (rule.fault.kind === "request" ? [rule.fault.does] : [])),
    };
  }

  #matches(entry: Entry, { method, path, clientId }: RequestFacts, nowMs: number): boolean {
    const { at } = entry.rule;
    if (entry.done || (at.req === undefined && at.cid === undefined)) return false;
    if (nowMs < entry.fromMs || nowMs >= entry.untilMs) return false;
    if (entry.request !== null && !entry.request.test(`${method} ${path}`)) return false;
    if (at.cid !== undefined && at.cid !== clientId) return false;
    entry.seen++;
    if (at.nth !== undefined && entry.seen !== at.nth) return false;
    return at.chance === undefined || this.#draw() < at.chance;
  }

  #draw(): number {
    let x = this.#random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x >>> 0;
    return this.#random / 2 ** 32;
  }
}

function toMs(time: string | number | undefined, otherwise: number): number {
  if (time === undefined) return otherwise;
  return typeof time === "number" ? time : Date.parse(time);
}

function pattern(text: string): RegExp {
  return new RegExp(
    `^${text
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  );
}
