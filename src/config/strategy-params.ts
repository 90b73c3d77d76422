import { asPath, type ConfigContext, isStrategyFile, type ParamIssue } from "./context.ts";
import type { Draft } from "./draft.ts";
import { oneOf } from "./expectation.ts";
import { nearest } from "./hints.ts";
import { type Path, valueAt } from "./path.ts";
import type { Problem } from "./problem.ts";
import type { CheckedFile, SubStrategyConfig } from "./schema.ts";

type PodDraft = Draft<CheckedFile["pods"][number]>;
type Params = Record<string, unknown>;

/** What a pod runs, defaults of its parameters filled; the parts that failed are left as they were. */
export interface CheckedStrategy {
  /** Its id; undefined when the file has no strategy there. */
  readonly strategy: string | undefined;
  readonly params: Params;
  readonly sub_strategies: SubStrategyConfig[];
  readonly problems: readonly Problem[];
}

/**
 * Checks a pod's strategy, its parameters and its members against the strategies that exist.
 *
 * A strategy that combines others takes `sub_strategies` as one of its parameters; in the file they stand beside `params`,
 * and here they are joined and parted again, so that nothing depends on which strategy that is.
 */
export function checkStrategy(context: ConfigContext, pod: PodDraft, at: Path): CheckedStrategy {
  const members = (pod.sub_strategies ?? []).map((sub, i) => checkMember(context, sub, [...at, "sub_strategies", i]));
  const given = (pod.params ?? {}) as Params;
  const subs = members.map(({ sub }) => sub);
  const memberProblems = members.flatMap(({ problems }) => problems);
  const failed = (problems: readonly Problem[]): CheckedStrategy => {
    return { strategy: pod.strategy, params: given, sub_strategies: subs, problems: [...memberProblems, ...problems] };
  };

  const { strategy } = pod;
  if (strategy === undefined || pod.params === undefined) return failed([]);
  const id = context.strategyId(strategy);
  if (id === null) {
    return failed([unknownStrategy(context, strategy, [...at, "strategy"])]);
  }
  if (Object.hasOwn(given, "sub_strategies")) return failed([misplacedMembers(given, at)]);

  const joined = subs.length === 0 ? given : { ...given, sub_strategies: subs };
  const result = context.parseParams(id, joined);
  if (!result.ok) {
    // What is wrong with a member was said already, at the member.
    const membersChecked = pod.sub_strategies !== undefined && members.every(({ checked }) => checked);
    const issues = result.issues.filter(({ path }) => membersChecked || path[0] !== "sub_strategies");
    return failed(issues.map((issue) => paramProblem(issue, joined, at, strategy)));
  }
  const { sub_strategies = [], ...params } = result.value;
  return { strategy: id, params, sub_strategies: sub_strategies as SubStrategyConfig[], problems: memberProblems };
}

interface Member {
  readonly sub: SubStrategyConfig;
  /** False when a part of it was refused, here or by the schema. */
  readonly checked: boolean;
  readonly problems: readonly Problem[];
}

function checkMember(context: ConfigContext, draft: Draft<SubStrategyConfig> | undefined, at: Path): Member {
  const { name, weight, params } = draft ?? {};
  const sub = { name: name ?? "", params: (params ?? {}) as Params, weight: weight ?? 1 };
  if (name === undefined || weight === undefined || params === undefined) return { sub, checked: false, problems: [] };
  const id = context.strategyId(name);
  if (id === null) {
    return { sub, checked: false, problems: [unknownStrategy(context, name, [...at, "name"])] };
  }
  const result = context.parseParams(id, sub.params);
  if (result.ok) return { sub: { ...sub, name: id, params: result.value }, checked: true, problems: [] };
  return { sub, checked: false, problems: result.issues.map((issue) => paramProblem(issue, sub.params, at, name)) };
}

function unknownStrategy({ strategyNames, fileProblem }: ConfigContext, strategy: string, path: Path): Problem {
  const expected = `${oneOf(strategyNames)}, or a file such as ./my-strategy.ts`;
  if (isStrategyFile(strategy)) {
    return {
      path,
      code: "UNKNOWN_STRATEGY",
      value: strategy,
      expected,
      hint: fileProblem(strategy) ?? "no strategy was loaded from this file",
    };
  }
  const known = nearest(strategy, strategyNames);
  const hint = known === null ? null : `nearest known strategy: ${known}`;
  return { path, code: "UNKNOWN_STRATEGY", value: strategy, expected, hint };
}

function misplacedMembers(params: Params, at: Path): Problem {
  const path = [...at, "params", "sub_strategies"];
  const hint = "move it one level up, beside params";
  return { path, code: "UNKNOWN_KEY", value: params.sub_strategies, expected: "sub_strategies of the pod", hint };
}

function paramProblem(issue: ParamIssue, params: Params, at: Path, strategy: string): Problem {
  const inner = asPath(issue.path);
  const value = "value" in issue ? issue.value : valueAt(params, inner);
  const isMember = inner[0] === "sub_strategies";
  if (isMember && inner.length === 1 && (issue.code ?? "UNKNOWN_KEY") === "UNKNOWN_KEY") {
    const expected = "a strategy that combines others";
    return { path: [...at, ...inner], code: "UNKNOWN_KEY", value, expected, hint: `${strategy} has no sub_strategies` };
  }
  const path = [...at, ...(isMember ? [] : ["params"]), ...inner];
  const code = issue.code ?? (value === undefined ? "MISSING" : "INVALID");
  return { path, code, value, expected: issue.message, hint: issue.hint ?? null };
}
