import { canonicalConfig } from "../config/canonical.ts";
import type { Config } from "../config/schema.ts";
import { kernelBytes } from "../kernels/load.ts";
import { packageVersion } from "../lib/package.ts";
import { sha256 } from "../lib/sha256.ts";
import type { Market } from "../market/market.ts";
import type { OperatorAction } from "../orchestrator/strategy-orchestrator.ts";
import { nameAction } from "./operator-actions.ts";

/** Hashes that say what a run was made from; SHA-256, hex. */
export interface RunIdentity {
  readonly configHash: string;
  /** Of config, data, engine, start and what operators did: never of a time of day. Order ids derive from it. */
  readonly runId: string;
}

export function identifyRun(config: Config, market: Market, actions: readonly OperatorAction[] = []): RunIdentity {
  const configHash = hashConfig(config);
  const start = [configHash, market.hash, engineHash(), config.backtest.start];
  // A run that nobody touched keeps the id it always had.
  const touched = actions.length === 0 ? start : [...start, actions.map(nameAction)];
  return { configHash, runId: sha256(JSON.stringify(touched)) };
}

/** SHA-256 of the canonical config (src/config/canonical.ts). */
export function hashConfig(config: Config): string {
  return sha256(canonicalConfig(config));
}

/** SHA-256 of the version and the kernels: what computes a run. */
export function engineHash(): string {
  return sha256(packageVersion(), kernelBytes());
}

/** SHA-256 of the compiled kernels alone. */
export function wasmHash(): string {
  return sha256(kernelBytes());
}
