import { timeframeMs } from "../../market/timeframe.ts";
import type { Draft } from "../draft.ts";
import { formatPath } from "../path.ts";
import type { Problem } from "../problem.ts";

/** Rounding of a sum of decimal fractions, such as ten times 0.1. */
const SUM_TOLERANCE = 1e-12;

/** What pods must be to each other and to the account. */
export function podsRules(draft: Draft): Problem[] {
  return [
    ...podCount(draft),
    ...distinctIds(draft),
    ...fractionSum(draft),
    ...oneQuote(draft),
    ...baseTimeframe(draft),
  ];
}

function podCount({ pods, orchestrator }: Draft): Problem[] {
  const max = orchestrator?.max_pods;
  if (pods === undefined || max === undefined || pods.length <= max) return [];
  return [
    {
      path: ["orchestrator", "max_pods"],
      code: "CONFLICT",
      value: max,
      expected: `at least ${pods.length}, the number of pods`,
      hint: `raise orchestrator.max_pods to ${pods.length}, or remove pods`,
      near: [["pods", max]],
    },
  ];
}

function distinctIds({ pods = [] }: Draft): Problem[] {
  const ids = pods.map((pod) => pod?.pod_id);
  return ids.flatMap((id, i): Problem[] => {
    const first = ids.indexOf(id);
    if (id === undefined || first === i) return [];
    const path = ["pods", i, "pod_id"];
    const hint = `${formatPath(["pods", first])} has it already`;
    return [{ path, code: "CONFLICT", value: id, expected: "a pod_id that no other pod has", hint }];
  });
}

function fractionSum({ pods = [] }: Draft): Problem[] {
  let sum = 0;
  for (const [i, pod] of pods.entries()) {
    const before = sum;
    sum += pod?.initial_fraction ?? 0;
    if (sum <= 1 + SUM_TOLERANCE) continue;
    const parts = pods.map((each) => each?.initial_fraction ?? "?").join(" + ");
    const left = Number(Math.max(0, 1 - before).toPrecision(12));
    return [
      {
        path: ["pods", i, "initial_fraction"],
        code: "CONFLICT",
        value: pod?.initial_fraction,
        expected: `at most ${left}: the initial_fraction of all pods sum to 1 at most`,
        hint: `they are ${parts}`,
      },
    ];
  }
  return [];
}

function oneQuote({ pods = [] }: Draft): Problem[] {
  let first: string | undefined;
  return pods.flatMap((pod, i) =>
    (pod?.symbols ?? []).flatMap((symbol, j): Problem[] => {
      const quote = symbol?.split("/")[1];
      first ??= quote;
      if (symbol === undefined || quote === first) return [];
      const path = ["pods", i, "symbols", j];
      const hint = "an account has one quote currency over all pods";
      return [{ path, code: "CONFLICT", value: symbol, expected: `a symbol quoted in ${first}`, hint }];
    }),
  );
}

function baseTimeframe({ pods = [], data }: Draft): Problem[] {
  const base = data?.base_timeframe;
  const baseMs = typeof base === "string" ? timeframeMs(base) : null;
  if (baseMs === null) return [];
  return pods.flatMap((pod, i): Problem[] => {
    const podMs = pod?.timeframe === undefined ? null : timeframeMs(pod.timeframe);
    if (podMs === null || podMs % baseMs === 0) return [];
    const path = ["pods", i, "timeframe"];
    const expected = `a multiple of ${base}, the data.base_timeframe`;
    return [
      { path, code: "CONFLICT", value: pod?.timeframe, expected, hint: null, near: [["data", "base_timeframe"]] },
    ];
  });
}
