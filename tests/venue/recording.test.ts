// Goal: mcbot venue plays a market that mcbot record wrote: the same bars to the digit, from its first slice on.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { readRecording } from "../../src/engine/recording/read-recording.ts";
import { MAIN, mcbot, ROOT, temporaryFolder } from "../support/cli.ts";

const DAY = 86_400_000;

/** Starts the command and resolves with the line of JSON that it prints. */
async function serve(args: readonly string[]): Promise<{ url: string; market: string }> {
  const child = spawn(process.execPath, [MAIN, "venue", ...args, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return JSON.parse(String(line));
}

const json = async (url: string, body?: object): Promise<unknown> =>
  (await fetch(url, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) })).json();

describe("mcbot venue --recording", () => {
  it("gives back the bars that were recorded", async () => {
    const cwd = temporaryFolder();
    const recorded = mcbot(["record", `${ROOT}/config/seven-pods.yaml`, "--out", "runs", "--json"], { cwd });
    expect([recorded.code, recorded.stderr]).toEqual([0, ""]);
    const { folder } = JSON.parse(recorded.stdout) as { folder: string };
    const { market, opens } = readRecording(`${cwd}/${folder}`);
    const start = opens[0] as number;

    const venue = await serve(["--recording", `${cwd}/${folder}`, "--virtual"]);
    expect(venue.market).toBe(market.label);
    expect(await json(`${venue.url}/fapi/v1/time`)).toEqual({ serverTime: start });
    await json(`${venue.url}/venue/clock`, { to_ms: start + 400 * DAY });
    const bars = market.bars[0];
    const id = bars?.symbol.replace("/", "");
    const path = `/fapi/v1/klines?symbol=${id}&interval=1d&startTime=${start}&limit=400`;
    const rows = (await json(`${venue.url}${path}`)) as unknown[][];
    const columns = [bars?.timeMs, bars?.open, bars?.high, bars?.low, bars?.close, bars?.volume];
    expect(rows.map((row) => row.slice(0, 6).map(Number))).toEqual(
      rows.map((_, i) => columns.map((column) => column?.[i])),
    );
    expect(rows).toHaveLength(400);
  });

  it.each([
    [["--recording", ".", "--data", "synthetic"], "one market"],
    [["--recording", ".", "--symbols", "BTC/USDT"], "its own"],
    [["--at", "yesterday"], "--at yesterday"],
    [["--faults", "nowhere.json"], "nowhere.json"],
  ])("%j is refused", (args, text) => {
    const { code, stderr } = mcbot(["venue", ...args], { cwd: temporaryFolder() });
    expect(code).toBe(2);
    expect(stderr).toContain(text);
  });
});
