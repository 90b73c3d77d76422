// Goal: whatever a file holds, the answer is a config or a ConfigError whose issues point into the file.
// Method: seeded junk of three kinds: characters of YAML, lines of a good file cut and mixed, and good structure with
// wrong values at random places.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { checkConfig } from "../../src/config/check.ts";
import { ConfigError } from "../../src/config/config-error.ts";
import { draftFile } from "../../src/config/draft.ts";
import { orchestratorForm } from "../../src/config/file-form.ts";
import { formatConfigError } from "../../src/config/format-error.ts";
import { configSchema } from "../../src/config/schema.ts";
import { context, MINIMAL, parse } from "./support.ts";

const LINES = [
  ...MINIMAL.split("\n"),
  "orchestrator:",
  "  risk: {daily_loss_limit: 3}",
  "    params: {lookback: [1, 2}",
  "    sub_strategies: [{name: tsmom}, 3]",
  "data: {instruments: {BTC/USDT: [{from: x}]}}",
  "backtest: &a {start: *a}",
  "portfolio: {impact: {bps: .nan}, quoted: {}}",
];

function survives(text: string): void {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.issues.length).toBeGreaterThan(0);
    const lines = (error.text ?? "").split("\n");
    for (const { line, column } of error.issues) {
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(column).toBeLessThanOrEqual((lines[(line ?? 0) - 1]?.length ?? 0) + 1);
    }
    formatConfigError(error, { color: false });
  }
}

describe("junk", () => {
  it("of YAML characters", () => {
    const characters = fc.constantFrom(..."abc01.:-?[]{},&*!|>'\"%@#~ \t\n\n  \u0000é\uFEFF\r");
    const property = fc.property(fc.array(characters, { maxLength: 60 }), (text) => survives(text.join("")));
    fc.assert(property, { seed: 1, numRuns: 1000 });
  });

  it("of lines from a good file", () => {
    const property = fc.property(fc.array(fc.constantFrom(...LINES), { maxLength: 12 }), (lines) =>
      survives(lines.join("\n")),
    );
    fc.assert(property, { seed: 2, numRuns: 400 });
  });

  it("of good structure with wrong values", () => {
    const good = { ...configSchema.parse(parseMinimal()), pods: parseMinimal().pods };
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, -1, 1e9, "", "BTC/USDT", [], {}, 0.5));
    const property = fc.property(fc.array(fc.tuple(fc.nat(), value), { maxLength: 4 }), (changes) => {
      const copy = structuredClone(good) as Record<string, unknown>;
      for (const [pick, replacement] of changes) replaceSomewhere(copy, pick, replacement);
      survives(stringify(copy, { aliasDuplicateObjects: false }));
    });
    fc.assert(property, { seed: 3, numRuns: 300 });
  });
});

describe("draftFile", () => {
  it("fills a good file as the schema does", () => {
    const data = parseMinimal();
    expect(draftFile(orchestratorForm.description, data, () => false)).toMatchObject({
      ...configSchema.parse(data),
      orchestrator: { ...configSchema.parse(data).orchestrator, retirement: { warning_days: 30 } },
    });
  });
});

describe("checkConfig", () => {
  it("throws at nothing", () => {
    const property = fc.property(fc.anything({ maxDepth: 3, withNullPrototype: true }), (data) => {
      checkConfig(data, context);
    });
    fc.assert(property, { seed: 4, numRuns: 500 });
  });
});

function parseMinimal() {
  return { pods: [{ pod_id: "a", strategy: "tsmom", symbols: ["BTC/USDT"], params: {}, risk: {} }] };
}

/** Puts `value` at a place of the tree chosen by `pick`: each level takes a digit of it. */
function replaceSomewhere(tree: Record<string, unknown>, pick: number, value: unknown): void {
  const keys = Object.keys(tree);
  const key = keys[pick % Math.max(1, keys.length)];
  if (key === undefined) return;
  const child = tree[key];
  const rest = Math.floor(pick / Math.max(1, keys.length));
  if (rest > 0 && typeof child === "object" && child !== null) {
    replaceSomewhere(child as Record<string, unknown>, rest - 1, value);
  } else {
    tree[key] = value;
  }
}
