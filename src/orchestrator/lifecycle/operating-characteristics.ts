import type { OrchestratorSettings, PodSettings } from "../settings.ts";
import { lambdaFor } from "./false-alarm-lambda.ts";
import {
  OPERATING_CHARACTERISTICS,
  TABULATED_SETTINGS,
  TABULATED_VARIANTS,
} from "./tables/operating-characteristics.ts";

/** The healthy pod that the header speaks of. */
const SHARPE = 1.5;
const DEVIATION = 0.01;

/**
 * How often the settings in use retire a healthy pod, in words for a result's header: "9.4 % of healthy pods (Sharpe 1.5, 1 % daily
 * deviation) within two years", or "not tabulated". Pods that start in different states: the larger of the two rates.
 *
 * Only settings that bear on it must be those of the table; those of graduation do when a pod starts in INCUBATION.
 */
export function falseRetirementRate(settings: OrchestratorSettings, pods: readonly PodSettings[]): string {
  const { retirement } = settings;
  const variant = TABULATED_VARIANTS.find((candidate) => isSame(candidate.retirement, retirement));
  if (variant === undefined || !isTabulated(settings, pods)) return "not tabulated";
  const rates = OPERATING_CHARACTERISTICS.filter(
    ({ settings: name, start, deviation }) =>
      name === variant.name && deviation === DEVIATION && pods.some((pod) => pod.initial_state === start),
  ).flatMap(({ healthy }) => healthy.filter(({ sharpe }) => sharpe === SHARPE).map(({ retired }) => retired));
  if (rates.length === 0) return "not tabulated";
  const rate = (100 * Math.max(...rates)).toFixed(1);
  return `${rate} % of healthy pods (Sharpe ${SHARPE}, ${100 * DEVIATION} % daily deviation) within two years`;
}

function isTabulated({ degradation, graduation }: OrchestratorSettings, pods: readonly PodSettings[]): boolean {
  const { delta, alpha, lambda, target_false_alarm_days: target } = degradation;
  const table = TABULATED_SETTINGS;
  if (delta !== table.degradation.delta || alpha !== table.degradation.alpha) return false;
  if ((lambda ?? lambdaFor(target)) !== lambdaFor(table.degradation.target_false_alarm_days)) return false;
  // Strong recovery asks for this one, wherever a pod starts.
  if (graduation.min_sharpe !== table.graduation.min_sharpe) return false;
  if (!pods.every(({ risk }) => isSame(table.risk, risk))) return false;
  const incubated = pods.filter(({ initial_state }) => initial_state === "incubation");
  return (
    incubated.length === 0 ||
    (isSame(table.graduation, graduation) && incubated.every(({ backtest_sharpe }) => backtest_sharpe === null))
  );
}

/** Whether `given` has every number of `tabulated`. */
function isSame<T extends Readonly<Record<string, number>>>(tabulated: T, given: { readonly [K in keyof T]: number }) {
  return Object.entries(tabulated).every(([key, value]) => given[key] === value);
}
