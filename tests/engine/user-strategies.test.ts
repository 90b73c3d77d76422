// Goal: a strategy from a file trades like a built-in one, is part of the config's hash wherever it lies, is refused where
// results would depend on the machine, and pauses its pod alone when it fails.

import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { canonicalConfig } from "../../src/config/canonical.ts";
import { ConfigError } from "../../src/config/config-error.ts";
import { simulate } from "../../src/engine/backtest.ts";
import { runBacktest } from "../../src/engine/run-backtest.ts";
import { checkStrategyFile } from "../../src/engine/user-strategies/check-file.ts";
import { loadStrategy } from "../../src/engine/user-strategies/load-strategy.ts";
import { checkSource } from "../../src/engine/user-strategies/source-rules.ts";
import { strategyTemplate } from "../../src/engine/user-strategies/template.ts";
import { openConfigMarket, readConfig } from "../../src/library.ts";
import { strategyFolder, withStart } from "../support/user-strategies.ts";

const POD = "symbols: [BTC/USDT], initial_fraction: 0.4, risk: {system_stop_loss: null}";
const RANGE = 'backtest: {start: "2021-01-01", end: "2021-12-31"}\ndata: {path: synthetic}\n';

function configOf(folder: string, pods: string) {
  const path = join(folder, "config.yaml");
  writeFileSync(path, `pods:\n${pods}${RANGE}`);
  return readConfig(path);
}

/** The moving-average cross as a file: what ema-cross computes in the module. */
const OWN_CROSS = `import { type Candle, defineStrategy } from "mcbot";
import { z } from "zod";
import { ema } from "./ema.ts";
export default defineStrategy({
  name: "own-cross",
  params: z.strictObject({ fast: z.int().default(10), slow: z.int().default(50) }),
  warmup: ({ slow }) => slow,
  start({ fast, slow }) {
    const a = ema(fast);
    const b = ema(slow);
    let seen = 0;
    return ({ close }: Candle) => {
      const [x, y] = [a(close), b(close)];
      seen++;
      return seen >= slow && x > y ? 1 : 0;
    };
  },
});
`;
const EMA = `export function ema(n: number): (x: number) => number {
  const alpha = 2 / (n + 1);
  let value: number | null = null;
  return (x) => {
    value = value === null ? x : value + alpha * (x - value);
    return value;
  };
}
`;

describe("a strategy from a file", () => {
  it("trades as the built-in of the same rule does", () => {
    const folder = strategyFolder({ "cross.ts": OWN_CROSS, "ema.ts": EMA });
    const own = configOf(folder, `  - {pod_id: a, strategy: ./cross.ts, ${POD}}\n`);
    const builtIn = configOf(folder, `  - {pod_id: a, strategy: ema-cross, ${POD}}\n`);
    const market = openConfigMarket(own);
    const lots = (config: typeof own) => simulate(config, market).record.books.lots;
    expect(own.pods[0]?.strategy).toMatch(/^\.\/cross\.ts#[0-9a-f]{16}$/);
    expect(lots(own)).toEqual(lots(builtIn));
    expect(simulate(own, market, { fast: true }).resultHash).toBe(simulate(own, market, { chunk: 3 }).resultHash);
  });

  it("is part of the config's hash by its source, not by its place", () => {
    const folder = strategyFolder({ "cross.ts": OWN_CROSS, "ema.ts": EMA });
    const moved = mkdtempSync(join(tmpdir(), "mcbot-moved-"));
    cpSync(folder, moved, { recursive: true });
    const pods = `  - {pod_id: a, strategy: ./cross.ts, ${POD}}\n`;
    const hash = canonicalConfig(configOf(folder, pods));
    expect(canonicalConfig(configOf(moved, pods))).toBe(hash);
    writeFileSync(join(moved, "ema.ts"), EMA.replace("2 /", "2.5 /"));
    expect(canonicalConfig(configOf(moved, pods))).not.toBe(hash);
  });

  it("written with its hash, it is refused when the source has changed", () => {
    const folder = strategyFolder({ "one.js": withStart("return () => size;") });
    const { id } = loadStrategy("./one.js", join(folder, "one.js"));
    writeFileSync(join(folder, "one.js"), withStart("return () => -size;"));
    expect(() => loadStrategy(id, join(folder, "one.js"))).toThrow(/its source has changed/);
  });

  it("can be a member of an ensemble", () => {
    const folder = strategyFolder({ "half.js": withStart("return () => size / 2;") });
    const pods = `  - {pod_id: a, strategy: ensemble, sub_strategies: [{name: ./half.js}, {name: buy-and-hold}], ${POD}}\n`;
    const config = configOf(folder, pods);
    const { record } = simulate(config, openConfigMarket(config));
    expect(record.books.target[0]).toBe(0.75);
  });

  it("the column form gives what the streaming form gives", () => {
    const columns = withStart("").replace(
      /start\([\s\S]*\},\n\}\);/,
      "weights: ({ close }) => close.map((c, t) => (t > 0 && c > close[t - 1] ? 1 : -0.5)),\n});",
    );
    const stream = withStart(
      "let before = Infinity;\nreturn ({ close }) => { const up = close > before; before = close; return up ? 1 : -0.5; };",
    );
    const folder = strategyFolder({ "columns.js": columns, "stream.js": stream });
    const lots = (file: string) => {
      const config = configOf(folder, `  - {pod_id: a, strategy: ./${file}, ${POD}}\n`);
      return simulate(config, openConfigMarket(config)).record.books.lots;
    };
    expect(lots("columns.js")).toEqual(lots("stream.js"));
  });
});

describe("a strategy that fails", () => {
  const failing = [
    [
      "throws",
      "let n = 0;\nreturn () => { if (n++ === 800) throw new Error('boom'); return size; };",
      /boom \(at the candle of 2021-03-11T/,
    ],
    [
      "gives NaN",
      "let n = 0;\nreturn () => (n++ < 800 ? size : NaN);",
      /the weight is NaN, not a finite number \(at the candle of 2021-03-11T/,
    ],
    [
      "fails before the start",
      "let n = 0;\nreturn () => { if (n++ === 5) throw new Error('early'); return size; };",
      /early \(at the candle of 2019-01-06T/,
    ],
  ] as const;

  it.each(failing)("%s: its pod is flat from then on, the other goes on, in every path", (_, body, message) => {
    const folder = strategyFolder({ "bad.js": withStart(body) });
    const config = configOf(
      folder,
      `  - {pod_id: bad, strategy: ./bad.js, ${POD}}\n  - {pod_id: good, strategy: buy-and-hold, ${POD}}\n`,
    );
    const market = openConfigMarket(config);
    // Without an orchestrator, so that nothing but the failure stops a pod.
    const orchestrated = false;
    const { result, record } = runBacktest(config, market, { orchestrated });
    expect([...record.books.lots][0]).toBe(0);
    expect([...record.books.lots][1]).toBeGreaterThan(0);
    const failures = result.risk_events.filter((event) => event.kind === "alert" && event.type === "strategy_failure");
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ pod_id: "bad", severity: "critical", message: expect.stringMatching(message) });
    const hash = result.header.result_hash;
    for (const options of [{ fast: true }, { fast: true, chunk: 7 }, { chunk: 1 }]) {
      expect(simulate(config, market, { ...options, orchestrated }).resultHash).toBe(hash);
    }
  });
});

describe("what is refused", () => {
  it.each([
    ["Math.exp(1)", "Math.exp differs between hosts"],
    ['Math["log"](2)', "Math.log differs between hosts"],
    ["Math[name](2)", "Math must be used as Math.name"],
    ["const { pow } = Math", "Math must be used as Math.name"],
    ["2 ** 3", "** differs between hosts"],
    ["let x = 2; x **= 3", "**= differs between hosts"],
    ["Math.random()", "no randomness"],
    ["Date.now()", "reads the clock"],
    ["new Date()", "reads the clock"],
    ["Date()", "reads the clock"],
    ["performance.now()", "no clock"],
    ["process.env.X", "process"],
    ["globalThis.Math.exp(1)", "no global state"],
    ['eval("1")', "eval"],
    ["new Function('return 1')()", "Function"],
    ["setTimeout(() => 1)", "no timers"],
    ['await import("node:fs")', "import()"],
    ["(1.5).toLocaleString()", "machine's language"],
  ])("%s", (code, message) => {
    const { problems } = checkSource(`const name = "exp";\n${code};\n`, false);
    expect(problems.map((problem) => problem.message).join("\n")).toContain(message);
    expect(problems[0]?.line).toBe(2);
  });

  it("what is exact, or only looks alike, passes", () => {
    const source = `interface Process { Date: number }
const process_ = { process: 1, now: Math.sqrt(2) + Math.abs(-1) + Math.PI };
type Exp = typeof Math;
const at = new Date(0).getUTCDay() + process_.process;
export { at };
`;
    expect(checkSource(source, true).problems).toEqual([]);
  });

  it.each([
    [
      "a module of the host",
      { "a.ts": 'import fs from "node:fs";\nexport default fs;\n' },
      /a\.ts:1:16: "node:fs": import only mcbot, zod/,
    ],
    ["a missing file", { "a.ts": 'import { x } from "./b.ts";\nexport default x;\n' }, /b\.ts: there is no such file/],
    ["no default export", { "a.ts": "export const x = 1;\n" }, /no default export/],
    ["a syntax error", { "a.ts": "export default {{\n" }, /a\.ts:1:\d+: /],
    [
      "no schema",
      { "a.ts": 'export default { name: "a", warmup: () => 1, start: () => () => 1 };\n' },
      /params must be a zod schema/,
    ],
    [
      "neither form",
      {
        "a.ts":
          'import { z } from "zod";\nexport default { name: "a", params: z.strictObject({}), warmup: () => 1 };\n',
      },
      /neither start nor weights/,
    ],
  ])("%s, with its place, at the place in the config", (_, files, message) => {
    const folder = strategyFolder(files);
    let issues: readonly { path: string; hint: string | null; line: number | null }[] = [];
    try {
      configOf(folder, `  - {pod_id: a, strategy: ./a.ts, ${POD}}\n`);
    } catch (error) {
      if (error instanceof ConfigError) issues = error.issues;
    }
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({ path: "pods[0].strategy", line: 2 });
    expect(issues[0]?.hint).toMatch(message);
  });

  it("what reaches the host's functions at run time all the same fails there", () => {
    const sneaky = withStart(
      "const m = Object.getPrototypeOf(async function () {}).constructor; return () => m('return 1') && size;",
    );
    const folder = strategyFolder({
      "a.js": sneaky.replace("m('return 1') && size", "[].constructor.constructor('return Math.exp(1)')()"),
    });
    const config = configOf(folder, `  - {pod_id: a, strategy: ./a.js, ${POD}}\n`);
    expect([...simulate(config, openConfigMarket(config)).record.failures.values()][0]).toMatch(/Math\.exp/);
  });
});

describe("strategy check", () => {
  const failed = (file: string, name: string) =>
    checkStrategyFile(join(strategyFolder({ [name]: file }), name)).filter(({ ok }) => !ok);

  it("passes what `strategy new` writes", () => {
    expect(failed(strategyTemplate("my-trend"), "my-trend.ts")).toEqual([]);
  });

  it("catches a look-ahead in the column form and names it", () => {
    const planted = withStart("").replace(
      /start\([\s\S]*\},\n\}\);/,
      "weights: ({ close }) => close.map((c, t) => (close[Math.min(t + 1, close.length - 1)] > c ? 1 : 0)),\n});",
    );
    const [item] = failed(planted, "planted.js");
    expect(item).toMatchObject({
      name: "look_ahead",
      detail: expect.stringMatching(/candle 129 \(2019-05-10T00:00:00.000Z\) looks ahead/),
    });
  });

  it("catches state that outlives a run", () => {
    const items = failed(withStart("return () => (calls++ % 7) / 7;", "let calls = 0;"), "leaky.js");
    expect(items.map(({ name }) => name)).toContain("deterministic");
  });

  it("catches two forms that disagree", () => {
    const both = withStart("return () => size;").replace(
      "  start(",
      "  weights: ({ close }) => close.map(() => 0.5),\n  start(",
    );
    expect(failed(both, "both.js").map(({ name }) => name)).toEqual(["columns"]);
  });
});
