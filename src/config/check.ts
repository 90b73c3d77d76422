import type { ConfigContext } from "./context.ts";
import { describeSchema } from "./description.ts";
import { type Draft, draftFile } from "./draft.ts";
import { startsWith } from "./path.ts";
import type { Problem } from "./problem.ts";
import { resolveConfig } from "./resolve.ts";
import { accountRules } from "./rules/account.ts";
import { podRules } from "./rules/pod.ts";
import { podsRules } from "./rules/pods.ts";
import { configWarnings } from "./rules/warnings.ts";
import { type Config, configSchema } from "./schema.ts";
import { schemaProblems } from "./schema-problems.ts";
import { checkStrategy } from "./strategy-params.ts";

/** The orchestrator file as plain data: keys, bounds, defaults, words. */
export const fileDescription = describeSchema(configSchema);

export type CheckResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Checks plain data against schema, strategies and rules, and resolves it; a failure holds every problem. */
export function checkConfig(data: unknown, context: ConfigContext): CheckResult {
  const refused = schemaProblems(configSchema, fileDescription, data);
  // A problem far down hides nothing but itself; one at a mapping hides all that is in it.
  const draft = draftFile(fileDescription, data, (path) => refused.some((problem) => startsWith(path, problem.path)));
  const strategies = (draft.pods ?? []).map((pod, i) => checkStrategy(context, pod ?? {}, ["pods", i]));
  const problems = [...refused, ...strategies.flatMap((strategy) => strategy.problems), ...ruleProblems(draft)];
  if (problems.length > 0) return { ok: false, problems };

  const config = resolveConfig(configSchema.parse(data), strategies);
  return { ok: true, config, warnings: configWarnings(config) };
}

function ruleProblems(draft: Draft): Problem[] {
  const perPod = (draft.pods ?? []).flatMap((pod, i) => (pod ? podRules(pod, ["pods", i]) : []));
  return [...perPod, ...podsRules(draft), ...accountRules(draft)];
}
