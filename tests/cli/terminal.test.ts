// Goal: colour only on a terminal that wants it; the width of the terminal, or the one that is asked for.
// Method: streams and environments by hand.

import { describe, expect, it } from "vitest";
import { styleOf, terminalWidth, wantsColor } from "../../src/cli/terminal.ts";

const stream = (isTTY: boolean, columns: number): NodeJS.WriteStream =>
  ({ isTTY, columns }) as unknown as NodeJS.WriteStream;

describe("colour", () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [true, { TERM: "dumb" }, false],
  ])("terminal %s, %j: %s", (isTTY, env, expected) => {
    expect(wantsColor(stream(isTTY, 80), env)).toBe(expected);
    expect(styleOf(stream(isTTY, 80), env).color).toBe(expected);
  });
});

describe("width", () => {
  it.each([
    [true, 132, {}, 132],
    [true, 132, { COLUMNS: "100" }, 132],
    [false, 0, {}, 80],
    [false, 0, { COLUMNS: "120" }, 120],
    [false, 0, { COLUMNS: "wide" }, 80],
    [false, 0, { COLUMNS: "-1" }, 80],
    [true, 0, {}, 80],
  ])("terminal %s of %i columns, %j: %i", (isTTY, columns, env, expected) => {
    expect(terminalWidth(stream(isTTY, columns), env)).toBe(expected);
  });
});
