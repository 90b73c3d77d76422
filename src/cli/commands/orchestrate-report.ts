import { contextFromRegistry } from "../../config/context.ts";
import { resolveObject } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { compareAllocations } from "../../engine/compare-allocations.ts";
import { marginalRuns } from "../../engine/marginal.ts";
import { readRun, type StoredRun } from "../../engine/run-folder.ts";
import type { Market } from "../../market/market.ts";
import type { Part, ReportInput } from "../../reporting/html/input.ts";
import * as registry from "../../strategies/registry.ts";
import { openMarketFor } from "../open-run.ts";
import { Progress } from "../progress.ts";
import { NOT_WATCHED } from "../run-and-print.ts";
import { UsageError } from "../usage-error.ts";
import { tradesOf, writeReport } from "../write-report.ts";

export interface ReportFlags {
  readonly pod?: string;
  readonly run: string;
  readonly data?: string;
  readonly whatIf: boolean;
  readonly json?: boolean;
}

/** `orchestrate report`: writes report.html into a run folder, with the runs that answer "what if". */
export function orchestrateReport({ pod, run: path, data, whatIf, json }: ReportFlags): void {
  const run = readRun(path);
  const { result } = run;
  if (pod !== undefined && !result.pods.some(({ pod_id }) => pod_id === pod))
    throw new UsageError(`${pod} is not a pod of this run: ${result.pods.map(({ pod_id }) => pod_id).join(", ")}`);
  const config = resolveObject(run.resolvedConfig(), contextFromRegistry(registry), "config.resolved.json");
  const market = marketOf(run, config, data);
  const stops = run.stopLevels();
  const input: Omit<ReportInput, "limits"> = {
    result,
    spans: run.equitySpans(),
    stopLevels: stops === null ? missing(NOT_WATCHED) : { ok: true, value: stops },
    trades: market.ok ? { ok: true, value: tradesOf(result, market.value, run.events()) } : market,
    counterfactual: whatIf ? counterfactualOf(run, config, market) : missing("left out with --no-what-if"),
    ...(pod === undefined ? {} : { podId: pod }),
  };
  const file = writeReport(run.folder, input, config);
  process.stdout.write(
    json ? `${JSON.stringify({ schema_version: 1, run_id: result.header.run_id, file })}\n` : `Report: ${file}\n`,
  );
}

/** The run's own data, or why it is not there: a report of a run whose data is gone still says everything else. */
function marketOf({ manifest }: StoredRun, config: Config, data: string | undefined): Part<Market> {
  const path = data ?? manifest.data_path;
  if (path === null) return missing("the manifest names no data; say where it is with --data");
  let market: Market;
  try {
    market = openMarketFor({ ...config, data: { ...config.data, path } }, false).market;
  } catch (error) {
    return missing(`the data of the run cannot be read: ${(error as Error).message}`);
  }
  return market.hash === manifest.data_hash
    ? { ok: true, value: market }
    : missing("the data has changed since the run: its hash is another one");
}

function counterfactualOf(
  { result, manifest }: StoredRun,
  config: Config,
  market: Part<Market>,
): ReportInput["counterfactual"] {
  if (!market.ok) return market;
  if (result.header.orchestration === null) return missing("the run has no orchestrator: there is nothing to divide");
  if (manifest.actions.length > 0) return missing("an operator acted in this run: other runs would not compare");
  const progress = (label: string): Progress => new Progress(label, "days", process.stderr);
  const began = performance.now();
  const methods = progress("other methods").during((onProgress) =>
    compareAllocations(config, market.value, { onProgress }),
  );
  const marginal = progress("leave one out").during((update) => marginalRuns(config, market.value, update));
  return { ok: true, value: { methods, marginal, seconds: (performance.now() - began) / 1000 } };
}

function missing(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}
