import type { ConfigContext } from "./context.ts";
import { type Draft, draftFile } from "./draft.ts";
import { formOf, problemsInFile } from "./file-form.ts";
import { type Path, startsWith } from "./path.ts";
import type { Problem } from "./problem.ts";
import { resolveConfig } from "./resolve.ts";
import { accountRules } from "./rules/account.ts";
import { podRules } from "./rules/pod.ts";
import { podsRules } from "./rules/pods.ts";
import { configWarnings } from "./rules/warnings.ts";
import { type Config, configSchema } from "./schema.ts";
import { schemaProblems } from "./schema-problems.ts";
import { checkStrategy } from "./strategy-params.ts";

export type CheckResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Checks plain data of either form against schema, strategies and rules, and resolves it; a failure holds every problem. */
export function checkConfig(data: unknown, context: ConfigContext): CheckResult {
  const form = formOf(data);
  const refused = schemaProblems(form.schema, form.description, data);
  // A problem far down hides nothing but itself; one at a mapping hides all that is in it.
  const isRefused = (path: Path): boolean => refused.some((problem) => startsWith(path, problem.path));
  const draft = form.expand(draftFile(form.description, data, isRefused));
  const strategies = (draft.pods ?? []).map((pod, i) => checkStrategy(context, pod ?? {}, ["pods", i]));
  const found = [...strategies.flatMap((strategy) => strategy.problems), ...ruleProblems(draft)];
  const problems = [...refused, ...problemsInFile(form, found)];
  if (problems.length > 0) return { ok: false, problems };

  const config = resolveConfig(configSchema.parse(form.expand(form.schema.parse(data))), strategies);
  return { ok: true, config, warnings: problemsInFile(form, configWarnings(config)) };
}

function ruleProblems(draft: Draft): Problem[] {
  const perPod = (draft.pods ?? []).flatMap((pod, i) => (pod ? podRules(pod, ["pods", i]) : []));
  return [...perPod, ...podsRules(draft), ...accountRules(draft)];
}
