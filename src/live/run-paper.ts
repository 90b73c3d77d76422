import { assert } from "../lib/assert.ts";
import { type LiveOutcome, type RunEngineOptions, runEngine } from "./run-engine.ts";

export type PaperOptions = Omit<RunEngineOptions, "mode" | "account" | "capitalMicro" | "desk">;

/** Paper trading: the engine of a backtest on slices as they close, simulated fills at the next open, everything journaled. */
export function runPaper(options: PaperOptions): Promise<LiveOutcome> {
  const { execution, backtest } = options.config;
  const capital = typeof execution.capital === "number" ? execution.capital : backtest.capital;
  assert(capital !== null, "paper: the config has no capital");
  const capitalMicro = Math.round(capital * 1e6);
  return runEngine({ ...options, mode: "paper", account: null, capitalMicro, desk: null });
}
