import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { RandomStream } from "../../src/market/synthetic/random-stream.ts";
import { mcbot, temporaryFolder } from "../support/cli.ts";

const BASE = `# a comment
pods:
  - pod_id: a
    strategy: tsmom
    params: {lookback: 90, vol_target: 0.25, short_mode: full}   # stays
    symbols: [BTC/USDT]
    initial_fraction: 1
    max_fraction: 1
    risk: {system_stop_loss: null}
backtest: {start: "2020-12-01", end: "2024-12-15"}
data: {path: data, funding: none}
`;
const SESSION = `base: base.yaml
mode: strategy
grids:
  - {path: "pods[0].params.lookback", values: [5, 8, 12, 18, 27, 40]}
  - {path: "pods[0].risk.stop_cooldown_days", values: [1, 2]}
auto_apply: {to: auto.yaml, min_deflated_sharpe: 0.96, max_pbo: 0.5, min_sharpe_gain: 0.1}
`;
const RUNNING = {
  v: 1,
  mode: "RUNNING",
  flatten: false,
  acknowledged: false,
  blacklist: { symbols: [], pods: [] },
  audit_seq: 0,
  changed_at: "2026-01-01T00:00:00Z",
  actor: "test",
  reason: "test",
};

/** Daily bars that drift in the direction of the last twelve days. */
function writeMarket(cwd: string): void {
  const random = new RandomStream(5, 0, 77);
  const closes: number[] = [];
  let price = 1000;
  const rows = Array.from({ length: 1661 }, (_, t) => {
    const last = closes.length - 1;
    const direction = last >= 12 ? Math.sign((closes[last] as number) - (closes[last - 12] as number)) : 0;
    const close = Number((price * (1 + 0.015 * random.normal() + 0.0035 * direction)).toFixed(4));
    const [high, low] = [1.001 * Math.max(price, close), 0.999 * Math.min(price, close)];
    const row = `${new Date(Date.UTC(2020, 5, 15 + t)).toISOString().slice(0, 19)}Z,${price},${high.toFixed(4)},${low.toFixed(4)},${close},1000`;
    price = close;
    closes.push(close);
    return row;
  });
  mkdirSync(join(cwd, "data/1d"), { recursive: true });
  writeFileSync(join(cwd, "data/1d/BTC-USDT-1d.csv"), `timestamp,open,high,low,close,volume\n${rows.join("\n")}\n`);
}

it("takes a planted edge from session to a new config, and refuses every shortcut", () => {
  const cwd = temporaryFolder();
  writeMarket(cwd);
  writeFileSync(join(cwd, "base.yaml"), BASE);
  writeFileSync(join(cwd, "s.yaml"), SESSION);
  const run = mcbot(["tune", "run", "s.yaml", "--json"], { cwd });
  expect(run.code).toBe(0);
  expect(run.stderr).toMatch(/auto_apply: nothing is written: control is not RUNNING/);
  const { plan_id, verdict, top, sensitivity } = JSON.parse(run.stdout);
  expect(verdict).toBe("CANDIDATES");
  expect(top[0]).toMatchObject({ params: { "pods[0].params.lookback": 12 }, tied_with: 1, is_candidate: true });
  expect(sensitivity.map(({ flag }: { flag: string | null }) => flag)).toEqual([null, "DEAD"]);

  const folder = join("runs/tuning", plan_id);
  const looks = [1, 2].map(() => JSON.parse(mcbot(["tune", "holdout", folder, "--json"], { cwd }).stdout).looks);
  expect(looks).toEqual([1, 2]);
  expect(mcbot(["promote", folder, "--candidate", "1", "--out", "ticket.json"], { cwd }).code).toBe(0);
  const apply = (config: string, ticket = "ticket.json"): ReturnType<typeof mcbot> =>
    mcbot(["apply", ticket, "--config", config, "--to", "new.yaml", "--yes"], { cwd });

  expect(apply("base.yaml").stderr).toMatch(/refused: control is not RUNNING/);
  const control = join(cwd, "state/control.json");
  mkdirSync(join(cwd, "state"));
  writeFileSync(control, JSON.stringify({ ...RUNNING, mode: "PAUSED" }));
  expect(apply("base.yaml").stderr).toMatch(/control is PAUSED/);
  writeFileSync(control, JSON.stringify(RUNNING));
  writeFileSync(join(cwd, "other.yaml"), `${BASE}# edited\n`);
  expect(apply("other.yaml").stderr).toMatch(/not the one the ticket was made for/);
  const forged = readFileSync(join(cwd, "ticket.json"), "utf8").replace('"to": 12', '"to": 13');
  writeFileSync(join(cwd, "forged.json"), forged);
  expect(apply("base.yaml", "forged.json").stderr).toMatch(/changed after it was written/);

  expect(apply("base.yaml")).toMatchObject({ code: 0 });
  const text = readFileSync(join(cwd, "new.yaml"), "utf8");
  expect(text).toMatch(/lookback: 12/);
  expect(text).toMatch(/# stays/);
  expect(readFileSync(join(cwd, "base.yaml"), "utf8")).toBe(BASE);
  expect(JSON.parse(readFileSync(join(cwd, "new.yaml.approval.json"), "utf8"))).toMatchObject({
    new_config: "new.yaml",
  });
  expect(apply("base.yaml").stderr).toMatch(/exists/);

  // The session asks for it, control is RUNNING, every condition is met: the same file, and who approved it.
  const again = (): string => mcbot(["tune", "resume", folder, "--json"], { cwd }).stderr;
  expect(again()).toMatch(/auto_apply: .*auto\.yaml is written/);
  expect(readFileSync(join(cwd, "auto.yaml"), "utf8")).toBe(text);
  expect(JSON.parse(readFileSync(join(cwd, "auto.yaml.approval.json"), "utf8")).approved_by).toMatch(/^auto_apply of/);
  expect(again()).toMatch(/auto_apply: nothing is written: .*auto\.yaml exists/);
});
