import type { z } from "zod";
import { type Description, describeSchema } from "./description.ts";
import type { Draft } from "./draft.ts";
import { isMapping, type Path } from "./path.ts";
import type { Problem } from "./problem.ts";
import { configSchema } from "./schema.ts";
import { asOnePod, placeInSingleFile, singleStrategySchema } from "./single-strategy.ts";

/** One of the two kinds of config file. Whatever the kind, what comes out is the config of an orchestrator file. */
export interface FileForm {
  readonly name: "orchestrator" | "single-strategy";
  readonly schema: z.ZodType;
  /** The file as plain data: keys, bounds, defaults, words. */
  readonly description: Description;
  /** The file as an orchestrator file. */
  expand(file: unknown): Draft;
  /** Where in the file a value of that orchestrator file stands; null when the file has no such key. */
  placeOf(path: Path): Path | null;
}

export const orchestratorForm: FileForm = {
  name: "orchestrator",
  schema: configSchema,
  description: describeSchema(configSchema),
  expand: (file) => file as Draft,
  placeOf: (path) => path,
};

export const singleStrategyForm: FileForm = {
  name: "single-strategy",
  schema: singleStrategySchema,
  description: describeSchema(singleStrategySchema),
  expand: (file) => asOnePod(file as Parameters<typeof asOnePod>[0]),
  placeOf: placeInSingleFile,
};

/** A file with `strategy` at its top and no `pods` is a single-strategy file. */
export function formOf(data: unknown): FileForm {
  const isSingle = isMapping(data) && Object.hasOwn(data, "strategy") && !Object.hasOwn(data, "pods");
  return isSingle ? singleStrategyForm : orchestratorForm;
}

/** Problems of the orchestrator file at their places in the file; those about keys the file does not have are dropped. */
export function problemsInFile({ placeOf }: FileForm, problems: readonly Problem[]): Problem[] {
  return problems.flatMap((problem): Problem[] => {
    const path = placeOf(problem.path);
    if (path === null) return [];
    const near = problem.near?.flatMap((each) => [placeOf(each)].filter((place) => place !== null));
    return [near === undefined ? { ...problem, path } : { ...problem, path, near }];
  });
}
