// Goal: the header's sentence states the tabulated rate, and only for settings that were simulated.

import { describe, expect, it } from "vitest";
import { lambdaFor } from "../../../src/orchestrator/lifecycle/false-alarm-lambda.ts";
import { falseRetirementRate } from "../../../src/orchestrator/lifecycle/operating-characteristics.ts";
import { OPERATING_CHARACTERISTICS } from "../../../src/orchestrator/lifecycle/tables/operating-characteristics.ts";
import { MINIMAL, parse } from "../../config/support.ts";

const config = (orchestrator = "", pod = "") =>
  parse(`${MINIMAL}${pod === "" ? "" : `    ${pod}\n`}orchestrator: {${orchestrator}}\n`).config;

/** Share of healthy pods retired, 1 % deviation. */
const retired = (name: string, start: string) =>
  OPERATING_CHARACTERISTICS.find(
    (row) => row.settings === name && row.start === start && row.deviation === 0.01,
  )!.healthy.find(({ sharpe }) => sharpe === 1.5)!.retired;

describe("falseRetirementRate", () => {
  const rate = (orchestrator: string, pod = "") => {
    const { orchestrator: settings, pods } = config(orchestrator, pod);
    return falseRetirementRate(settings, pods);
  };
  const sentence = (name: string, start: string) =>
    `${(100 * retired(name, start)).toFixed(1)} % of healthy pods (Sharpe 1.5, 1 % daily deviation) within two years`;

  it.each([
    ["", "default"],
    ["retirement: {warning_days: 90}", "90/30"],
    ["retirement: {warning_days: 60, probation_days: 60}", "60/60"],
    ["retirement: {preset: calibrated}", "calibrated"],
    ["degradation: {target_false_alarm_days: 730}, kelly_fraction: 0.5", "default"],
    [`degradation: {lambda: ${lambdaFor(730)}}`, "default"],
  ])("{%s} is %s", (orchestrator, name) => {
    expect(rate(orchestrator)).toBe(sentence(name, "incubation"));
    expect(rate(orchestrator, "initial_state: production")).toBe(sentence(name, "production"));
  });

  it("with pods in both states is the larger one", () => {
    const { orchestrator, pods } = config();
    const both = [...pods, { ...pods[0]!, initial_state: "production" as const }];
    const larger = ["production", "incubation"].sort((a, b) => retired("default", b) - retired("default", a))[0]!;
    expect(falseRetirementRate(orchestrator, both)).toBe(sentence("default", larger));
    expect(falseRetirementRate(orchestrator, [])).toBe("not tabulated");
  });

  it.each([
    ["retirement: {warning_days: 31}", ""],
    ["retirement: {preset: calibrated, consecutive_loss_months: 5}", ""],
    ["degradation: {target_false_alarm_days: 365}", ""],
    ["degradation: {lambda: 50}", ""],
    ["degradation: {lambda: 50, delta: 0.01}", ""],
    ["degradation: {lambda: 50, alpha: 1}", ""],
    ["graduation: {min_sharpe: 0.5}", "initial_state: production"],
    ["graduation: {min_calmar: 0.5}", ""],
    ["", "backtest_sharpe: 2"],
    ["", "risk: {max_drawdown: 0.2}"],
    ["", "risk: {drawdown_warning: 0.05}"],
  ])("{%s} with {%s} is not tabulated", (orchestrator, pod) => {
    expect(rate(orchestrator, pod)).toBe("not tabulated");
  });

  it("graduation does not matter to pods that start in PRODUCTION", () => {
    const expected = sentence("default", "production");
    expect(rate("graduation: {min_calmar: 0.5}", "initial_state: production")).toBe(expected);
  });
});
