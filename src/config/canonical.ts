import { isMapping } from "./path.ts";
import type { Config, DataConfig, ExecutionConfig } from "./schema.ts";
import { SYNTHETIC } from "./sections/data.ts";

/** The config with pods sorted by pod_id and symbols by name: the order the engine works in, whatever the file's. */
export function sortConfig(config: Config): Config {
  const pods = config.pods.map((pod) => ({ ...pod, symbols: pod.symbols.toSorted(compareText) }));
  return { ...config, pods: pods.sort((a, b) => compareText(a.pod_id, b.pod_id)) };
}

/**
 * The config as JSON for hashing: sorted keys, engine order, and only keys that can influence results.
 *
 * Left out: monitoring and notification; max_pods and retirement.preset, which act on the file and not on the run; places
 * (state_dir, base_url, and data.path, whose content has a hash of its own) unless the data is synthetic.
 */
export function canonicalConfig(config: Config): string {
  const { orchestrator, pods, backtest, portfolio, data, execution } = sortConfig(config);
  const { max_pods: _count, retirement, ...account } = orchestrator;
  const { preset: _preset, ...criteria } = retirement;
  return JSON.stringify(
    sortKeys({
      orchestrator: { ...account, retirement: criteria },
      pods,
      backtest,
      portfolio,
      data: canonicalData(data),
      execution: canonicalExecution(execution),
    }),
  );
}

function canonicalData({ path, seed, ...rest }: DataConfig): Record<string, unknown> {
  return path === SYNTHETIC ? { ...rest, path, seed } : rest;
}

function canonicalExecution({ state_dir: _dir, base_url: _url, ...rest }: ExecutionConfig): Record<string, unknown> {
  return rest;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isMapping(value)) return value;
  const keys = Object.keys(value).sort(compareText);
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key])]));
}

/** Code unit order: the same in every locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
