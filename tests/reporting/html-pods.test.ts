// Goal: a pod's drawdown in report.html is that of its returns, also after the pod has none any more.
// Method: render the pods of a lively run, one of them without a return in its last days, and read the charts' numbers.

import { expect, it } from "vitest";
import { pods } from "../../src/reporting/html/sections/pods.ts";
import { livelyRun } from "../support/lively-run.ts";

const missing = { ok: false, reason: "not needed" } as const;
const input = {
  limits: { maxPodRisk: null, maxGrossLeverage: null, sharpeFloor: null },
  spans: null,
  trades: missing,
  stopLevels: missing,
  counterfactual: missing,
};

function drawdownsOf(html: string): (number | null)[][] {
  return [...html.matchAll(/<script type="application\/json">(.*?)<\/script>/g)]
    .map(([, text = ""]) => JSON.parse(text) as { title: string; series: { values: (number | null)[] }[] })
    .filter(({ title }) => title.endsWith(": drawdown"))
    .map(({ series }) => series[0]?.values ?? []);
}

it("falls no deeper than the metric says, and stays where it was when the returns end", () => {
  const { result } = livelyRun();
  const [first, ...others] = result.pods;
  if (first === undefined) throw new Error("the lively run has no pod");
  const kept = first.returns.length - 100;
  const returns = first.returns.map((value, d) => (d < kept ? value : null));
  const html = pods({ ...input, result: { ...result, pods: [{ ...first, returns }, ...others] } });
  const drawn = drawdownsOf(html);
  expect(drawn).toHaveLength(result.pods.length);
  others.forEach(({ performance }, p) => {
    const deepest = (drawn[p + 1] ?? []).reduce<number>((low, value) => Math.min(low, value ?? 0), 0);
    expect(deepest).toBeCloseTo(-(performance.max_drawdown.value ?? Number.NaN), 8);
  });
  const [ended = []] = drawn;
  expect(new Set(ended.slice(kept)).size).toBe(1);
  expect(ended.at(-1)).toBe(ended[kept - 1]);
});
