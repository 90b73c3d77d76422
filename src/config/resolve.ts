import type { CheckedFile, Config, PodConfig, RetirementCriteria } from "./schema.ts";
import { RETIREMENT_PRESETS } from "./sections/retirement.ts";
import type { CheckedStrategy } from "./strategy-params.ts";

/** Fills what depends on other keys: the retirement preset, each pod's drawdown_warning, and strategy parameters. */
export function resolveConfig(file: CheckedFile, strategies: readonly CheckedStrategy[]): Config {
  return {
    ...file,
    orchestrator: { ...file.orchestrator, retirement: resolveRetirement(file.orchestrator.retirement) },
    pods: file.pods.map((pod, i) => resolvePod(pod, strategies[i])),
  };
}

function resolveRetirement(given: CheckedFile["orchestrator"]["retirement"]): RetirementCriteria {
  const preset = RETIREMENT_PRESETS[given.preset];
  return {
    preset: given.preset,
    max_drawdown_breach: given.max_drawdown_breach ?? preset.max_drawdown_breach,
    consecutive_loss_months: given.consecutive_loss_months ?? preset.consecutive_loss_months,
    rolling_sharpe_floor: given.rolling_sharpe_floor ?? preset.rolling_sharpe_floor,
    warning_days: given.warning_days ?? preset.warning_days,
    probation_days: given.probation_days ?? preset.probation_days,
  };
}

function resolvePod(pod: CheckedFile["pods"][number], strategy: CheckedStrategy | undefined): PodConfig {
  const { max_drawdown, drawdown_warning = defaultDrawdownWarning(max_drawdown), ...limits } = pod.risk;
  const risk = { max_drawdown, drawdown_warning, ...limits };
  if (strategy === undefined) return { ...pod, risk };
  return {
    ...pod,
    strategy: strategy.strategy ?? pod.strategy,
    params: strategy.params,
    sub_strategies: strategy.sub_strategies,
    risk,
  };
}

/** min(0.10, 2/3 of the limit), to 12 digits: 2/3 × 0.15 must be 0.1, not 0.09999999999999999. */
function defaultDrawdownWarning(maxDrawdown: number): number {
  return Math.min(0.1, Number(((2 / 3) * maxDrawdown).toPrecision(12)));
}
