import type { Draft } from "../draft.ts";
import type { Path } from "../path.ts";
import type { Problem } from "../problem.ts";

/** The Page-Hinkley settings the committed table of thresholds was made for. */
const TABULATED = { delta: 0.005, alpha: 0.9999 };

/** What keys outside the pods must be to each other. */
export function accountRules(draft: Draft): Problem[] {
  return [...tabulatedLambda(draft), ...dateOrder(draft), ...quotedModel(draft), ...datedInstruments(draft)];
}

function tabulatedLambda({ orchestrator }: Draft): Problem[] {
  const { lambda, delta, alpha } = orchestrator?.degradation ?? {};
  if (lambda !== null || delta === undefined || alpha === undefined) return [];
  if (delta === TABULATED.delta && alpha === TABULATED.alpha) return [];
  const at = ["orchestrator", "degradation"];
  return [
    {
      path: [...at, "lambda"],
      code: "CONFLICT",
      value: null,
      expected: "a number above 0, unless delta and alpha have their defaults",
      hint: `the threshold is known for delta ${TABULATED.delta} and alpha ${TABULATED.alpha} only`,
      near: [...(delta === TABULATED.delta ? [] : [[...at, "delta"]]), [...at, "alpha"]],
    },
  ];
}

function dateOrder({ backtest }: Draft): Problem[] {
  const { start, end } = backtest ?? {};
  // ISO dates compare as text.
  if (typeof start !== "string" || typeof end !== "string" || start <= end) return [];
  const path = ["backtest", "end"];
  return [{ path, code: "CONFLICT", value: end, expected: `${start}, the start, or later`, hint: null }];
}

function quotedModel({ portfolio }: Draft): Problem[] {
  if (portfolio?.cost_model !== "quoted" || portfolio.quoted !== null) return [];
  return [
    {
      path: ["portfolio", "quoted"],
      code: "MISSING",
      value: undefined,
      expected: "a mapping, because cost_model is quoted",
      hint: "give half_spread_bps, alpha, cap_bps, penalty_bps and max_safe",
      near: [["portfolio", "cost_model"]],
    },
  ];
}

function datedInstruments({ data }: Draft): Problem[] {
  return Object.entries(data?.instruments ?? {}).flatMap(([symbol, rules]) =>
    Array.isArray(rules) ? ascendingDates(rules, ["data", "instruments", symbol]) : [],
  );
}

function ascendingDates(rules: readonly { readonly from?: string }[], at: Path): Problem[] {
  return rules.flatMap(({ from }, i): Problem[] => {
    const before = rules[i - 1]?.from;
    if (from === undefined || before === undefined || before < from) return [];
    const expected = `a date after ${before}, the one before it`;
    return [{ path: [...at, i, "from"], code: "CONFLICT", value: from, expected, hint: null }];
  });
}
