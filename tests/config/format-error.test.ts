// Goal: a person sees where the mistake is and what to do, and a file cannot paint the terminal.

import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { formatConfigError, formatIssues } from "../../src/config/format-error.ts";
import { MINIMAL, parse, refusal } from "./support.ts";

const plain = (text: string, options = {}) => formatConfigError(refusal(text, options), { color: false });

describe("formatConfigError", () => {
  it("prints place, path, line with caret, value, expected, hint", () => {
    expect(plain(`${MINIMAL}    initial_fraction: 15\nbacktst: {}\n`)).toBe(`test.yaml:5:23  pods[0].initial_fraction
  5 |     initial_fraction: 15
    |                       ^
  value     15
  expected  a fraction above 0 and at most 1
  hint      a fraction, not a percentage: 0.15

test.yaml:6:1  backtst
  6 | backtst: {}
    | ^
  value     {}
  expected  one of orchestrator, pods, backtest, portfolio, data, execution, monitoring, notification
  hint      nearest known key: backtest

2 problems in the config
`);
  });

  it("names a variable instead of a line, and leaves out a hint that is not there", () => {
    expect(plain(MINIMAL, { env: { MCBOT__DATA__SEED: "-1" } })).toBe(`environment variable MCBOT__DATA__SEED  data.seed
  value     -1
  expected  a whole number of at least 0

1 problem in the config
`);
  });

  it("prints missing values as such", () => {
    expect(plain("pods: [{strategy: tsmom, symbols: [BTC/USDT]}]")).toContain("value     (missing)");
  });

  it("cuts a long line around the caret", () => {
    const text = `${MINIMAL}portfolio: {cost_bps: ${" ".repeat(300)}x${" ".repeat(300)}}\n`;
    const [, line = "", caret = ""] = plain(text).split("\n");
    expect(line.length).toBeLessThan(110);
    expect(line[caret.indexOf("^")]).toBe("x");
  });

  it("does not repeat a secret, nor the line it stands in", () => {
    const shown = plain(`${MINIMAL}execution: {secret: hunter2}\nnotification: {webhook: hunter3}\n`);
    expect(shown).not.toMatch(/hunter/);
    expect(shown).toContain("(hidden)");
  });

  it("lets no control character through", () => {
    const shown = plain(`${MINIMAL}"\\e[31mred\\x07": 1\nportfolio: {netting: "\\e[2J"}\n`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it("paints when asked to", () => {
    expect(formatConfigError(refusal("pods: 1"), { color: true })).toContain("\u001b[31m^");
  });

  it("prints warnings alike", () => {
    const { warnings, text } = parse(`${MINIMAL}monitoring: {host: 0.0.0.0}\n`);
    expect(formatIssues(warnings, text, { color: false })).toContain(
      "  5 | monitoring: {host: 0.0.0.0}\n    |                    ^",
    );
  });

  it("the message of the error alone is enough to find the place", () => {
    const error = refusal("pods: []\n");
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toBe("test.yaml:1:7 pods: expected a list with at least one entry");
  });
});
