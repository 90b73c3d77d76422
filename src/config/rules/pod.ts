import type { Draft } from "../draft.ts";
import type { Path } from "../path.ts";
import type { Problem } from "../problem.ts";
import type { CheckedFile } from "../schema.ts";

type PodDraft = Draft<CheckedFile["pods"][number]>;

/** What the keys of one pod must be to each other. `at` is the pod's path. */
export function podRules(pod: PodDraft, at: Path): Problem[] {
  return [...fractionOrder(pod, at), ...drawdownOrder(pod, at), ...distinctSymbols(pod, at)];
}

function fractionOrder(
  { min_fraction: min, initial_fraction: initial, max_fraction: max }: PodDraft,
  at: Path,
): Problem[] {
  const near = ["initial_fraction", "min_fraction", "max_fraction"].map((key) => [...at, key]);
  if (min !== undefined && max !== undefined && min > max) {
    const expected = `at most ${max}, the max_fraction`;
    return [{ path: [...at, "min_fraction"], code: "CONFLICT", value: min, expected, hint: null, near }];
  }
  if (initial === undefined) return [];
  const path = [...at, "initial_fraction"];
  if (min !== undefined && initial < min) {
    const expected = `at least ${min}, the min_fraction`;
    return [{ path, code: "CONFLICT", value: initial, expected, hint: null, near }];
  }
  if (max !== undefined && initial > max) {
    const expected = `at most ${max}, the max_fraction`;
    return [{ path, code: "CONFLICT", value: initial, expected, hint: null, near }];
  }
  return [];
}

function drawdownOrder({ risk }: PodDraft, at: Path): Problem[] {
  const warning = risk?.drawdown_warning;
  const limit = risk?.max_drawdown;
  if (warning === undefined || limit === undefined || warning < limit) return [];
  const path = [...at, "risk", "drawdown_warning"];
  const hint = "leave it out for min(0.10, 2/3 of max_drawdown)";
  return [{ path, code: "CONFLICT", value: warning, expected: `below ${limit}, the max_drawdown`, hint }];
}

function distinctSymbols({ symbols = [] }: PodDraft, at: Path): Problem[] {
  return symbols.flatMap((symbol, i): Problem[] => {
    const first = symbols.indexOf(symbol);
    if (symbol === undefined || first === i) return [];
    const path = [...at, "symbols", i];
    const expected = "each symbol once in a pod";
    return [{ path, code: "CONFLICT", value: symbol, expected, hint: `it is entry ${first + 1} already` }];
  });
}
