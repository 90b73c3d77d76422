// Goal: two files that mean the same run have the same canonical text, two that do not have not.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalConfig, sortConfig } from "../../src/config/canonical.ts";
import { MINIMAL, parse } from "./support.ts";

const canonical = (text: string) => canonicalConfig(parse(text).config);
const PODS = ["b", "a", "c", "B"].map((id, i) => ({ id, lookback: 10 + i }));
const SYMBOLS = ["SOL/USDT", "BTC/USDT", "ETH/USDT"];

const file = (pods: readonly (typeof PODS)[number][], symbols: readonly string[]) =>
  `pods:\n${pods
    .map(
      ({ id, lookback }) =>
        `  - {params: {lookback: ${lookback}}, symbols: [${symbols}], pod_id: ${id}, strategy: tsmom}\n`,
    )
    .join("")}`;

describe("canonicalConfig", () => {
  it("does not depend on the order of pods and symbols", () => {
    const first = canonical(file(PODS, SYMBOLS));
    const shuffle = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length });
    const property = fc.property(shuffle(PODS), shuffle(SYMBOLS), (pods, symbols) => {
      expect(canonical(file(pods, symbols))).toBe(first);
    });
    fc.assert(property, { seed: 11, numRuns: 50 });
  });

  it("does not depend on whether a default is written", () => {
    expect(canonical(`${MINIMAL}    timeframe: "1D"\nportfolio: {cost_bps: 4.0}\n`)).toBe(canonical(MINIMAL));
    const preset = (keys: string) => canonical(`${MINIMAL}orchestrator: {retirement: {${keys}}}\n`);
    expect(preset("preset: calibrated")).toBe(
      preset("max_drawdown_breach: 0.28, warning_days: 120, probation_days: 60"),
    );
  });

  it("keeps the order of members, which tell each other apart by it", () => {
    const ensemble = (members: string) =>
      canonical(`pods: [{pod_id: a, strategy: ensemble, params: {aggregation: majority_vote}, symbols: [BTC/USDT],
        sub_strategies: [${members}]}]\n`);
    expect(ensemble("{name: tsmom}, {name: donchian}")).not.toBe(ensemble("{name: donchian}, {name: tsmom}"));
  });

  it.each([
    "monitoring: {port: 1}",
    "notification: {webhook: env:HOOK}",
    "data: {path: ./elsewhere}",
    "data: {seed: 7}",
    "execution: {state_dir: ./other}",
    "execution: {base_url: 'http://localhost:1'}",
    "orchestrator: {max_pods: 50}",
  ])("%s cannot influence results", (line) => {
    expect(canonical(`${MINIMAL}${line}\n`)).toBe(canonical(MINIMAL));
  });

  it.each([
    "backtest: {capital: 1}",
    "data: {path: synthetic}",
    "data: {warmup_bars: 3}",
    "data: {instruments: {BTC/USDT: {lot: 1}}}",
    "execution: {style: limit_then_market}",
    "portfolio: {netting: gross}",
    "orchestrator: {kelly_fraction: 0.5}",
    "orchestrator: {retirement: {warning_days: 31}}",
  ])("%s can", (line) => {
    expect(canonical(`${MINIMAL}${line}\n`)).not.toBe(canonical(MINIMAL));
  });

  it("the seed of a synthetic market can", () => {
    const seeded = (seed: number) => canonical(`${MINIMAL}data: {path: synthetic, seed: ${seed}}\n`);
    expect(seeded(1)).not.toBe(seeded(2));
  });

  it("is sorted JSON of plain ASCII order", () => {
    const keys = Object.keys(JSON.parse(canonical(MINIMAL)));
    expect(keys).toEqual(["backtest", "data", "execution", "orchestrator", "pods", "portfolio"]);
  });
});

describe("sortConfig", () => {
  it("sorts by code unit and leaves the config it got alone", () => {
    const { config } = parse(file(PODS, SYMBOLS));
    expect(sortConfig(config).pods.map(({ pod_id }) => pod_id)).toEqual(["B", "a", "b", "c"]);
    expect(sortConfig(config).pods[0]?.symbols).toEqual(["BTC/USDT", "ETH/USDT", "SOL/USDT"]);
    expect(config.pods.map(({ pod_id }) => pod_id)).toEqual(["b", "a", "c", "B"]);
    expect(config.pods[0]?.symbols).toEqual(SYMBOLS);
  });
});
