// Goal: a ticket fits one config, one engine and one version of each strategy, and a session applies nothing by itself unless every
// one of its conditions is met.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadStrategy } from "../../src/engine/user-strategies/load-strategy.ts";
import { autoApply } from "../../src/tuning/auto-apply.ts";
import { applyTicket, makeTicket, sha256, type Ticket } from "../../src/tuning/promotion.ts";
import type { TuningEvidence } from "../../src/tuning/tuning-folder.ts";
import type { TuningResults } from "../../src/tuning/tuning-results.ts";
import { temporaryFolder } from "../support/cli.ts";
import { withStart } from "../support/user-strategies.ts";

const CONFIG = `pods:
  - {pod_id: a, strategy: ./mine.js, symbols: [BTC/USDT], initial_fraction: 1, max_fraction: 1} # kept
backtest: {start: "2021-01-01", end: "2021-12-31"}
`;

function workspace(): { folder: string; id: string; stateDir: string } {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "mine.js"), withStart("return () => size;"));
  const stateDir = join(folder, "state");
  mkdirSync(stateDir);
  const blacklist = { symbols: [], pods: [] };
  const state = { v: 1, mode: "RUNNING", flatten: false, acknowledged: false, blacklist, audit_seq: 0 };
  writeFileSync(join(stateDir, "control.json"), JSON.stringify({ ...state, changed_at: "x", actor: "x", reason: "x" }));
  return { folder, id: loadStrategy("./mine.js", join(folder, "mine.js")).id, stateDir };
}

const ticketFor = (id: string): Ticket =>
  ({
    config_sha256: sha256(CONFIG),
    engine_hash: "engine",
    strategies: [id],
    changes: [{ path: "pods[0].params.size", from: null, to: 0.5 }],
  }) as unknown as Ticket;

describe("a ticket", () => {
  const apply = (ticket: Ticket, { folder, stateDir }: { folder: string; stateDir: string }, to = "new.yaml"): string =>
    applyTicket(ticket, { text: CONFIG, newPath: join(folder, to), engineHash: "engine", stateDir });

  it("makes the new config, comments kept", () => {
    const place = workspace();
    expect(apply(ticketFor(place.id), place)).toMatch(/size: 0\.5[\s\S]*# kept/);
  });

  it("does not fit once a strategy's source has changed, or is not there", () => {
    const place = workspace();
    expect(() => apply(ticketFor(place.id), place, "elsewhere/new.yaml")).toThrow(/mine\.js: there is no such file/);
    writeFileSync(join(place.folder, "mine.js"), withStart("return () => -size;"));
    expect(() => apply(ticketFor(place.id), place)).toThrow(/strategies have changed .*\.\/mine\.js#/);
  });

  it("does not fit another engine", () => {
    const place = workspace();
    expect(() => apply({ ...ticketFor(place.id), engine_hash: "other" }, place)).toThrow(/this engine is not the one/);
  });
});

describe("a ticket for a single-strategy file", () => {
  const SINGLE = `strategy: {name: ema-cross, params: {fast: 5, slow: 20}} # kept
symbols: [BTC/USDT]
timeframe: 1D
`;
  const evidence = (params: object): TuningEvidence =>
    ({
      plan: { base_text: SINGLE, session: { overrides: {} }, space: {}, engine_hash: "engine" },
      tuning: { top: [{ rank: 1, is_candidate: true, job_id: "j", params, metrics: {} }], baselines: [] },
      manifest: { files: [] },
    }) as unknown as TuningEvidence;

  it("changes the keys of the file, not those of the pod it means", () => {
    const { folder, stateDir } = workspace();
    const ticket = makeTicket(evidence({ "pods[0].params.fast": 7, "pods[0].risk.rebalance_threshold": 0.1 }), 1, 0);
    expect(ticket.changes).toEqual([
      { path: "strategy.params.fast", from: 5, to: 7 },
      { path: "risk.rebalance_threshold", from: null, to: 0.1 },
    ]);
    const place = { text: SINGLE, newPath: join(folder, "new.yaml"), engineHash: "engine", stateDir };
    expect(applyTicket(ticket, place)).toMatch(/fast: 7, slow: 20 \}[\s\S]*# kept[\s\S]*rebalance_threshold: 0\.1/);
  });

  it("is refused for what such a file cannot say", () => {
    expect(() => makeTicket(evidence({ "orchestrator.kelly_fraction": 0.3 }), 1, 0)).toThrow(
      /has no place in a single/,
    );
  });
});

describe("auto_apply", () => {
  const settings = { to: "auto.yaml", min_deflated_sharpe: 0.99, max_pbo: 0.1, min_sharpe_gain: 0.5 };
  const best = { is_candidate: true, deflated_sharpe: 0.995, plateau: { is_spike: false }, metrics: { sharpe: 2 } };
  const sound = {
    verdict: "CANDIDATES",
    top: [best],
    overfitting: { pbo: 0.05 },
    baselines: [{ name: "current", metrics: { sharpe: 1 } }],
  };
  const reasonOf = (tuning: object): string => {
    const evidence = { tuning: { ...sound, ...tuning } as unknown as TuningResults } as TuningEvidence;
    const outcome = autoApply(evidence, settings, { looks: 0, engineHash: "e", stateDir: "s", now: new Date(0) });
    return outcome.applied ? "applied" : outcome.reason;
  };

  it.each([
    ["another verdict", { verdict: "NO_VIABLE_CANDIDATE" }, /verdict is NO_VIABLE/],
    ["a low deflated Sharpe ratio", { top: [{ ...best, deflated_sharpe: 0.98 }] }, /deflated Sharpe ratio 0\.98/],
    ["an unknown deflated Sharpe ratio", { top: [{ ...best, deflated_sharpe: null }] }, /deflated Sharpe ratio null/],
    ["a likely overfit", { overfitting: { pbo: 0.2 } }, /overfitting 0\.2/],
    ["an unknown probability of overfitting", { overfitting: { pbo: null } }, /overfitting null/],
    ["a lone spike", { top: [{ ...best, plateau: { is_spike: true } }] }, /lone spike/],
    ["too little gain", { baselines: [{ name: "current", metrics: { sharpe: 1.75 } }] }, /adds 0\.25/],
    ["a current config that never moved", { baselines: [{ name: "current", metrics: { sharpe: null } }] }, /adds null/],
  ])("writes nothing for %s", (_, tuning, reason) => {
    expect(reasonOf(tuning)).toMatch(reason);
  });
});
