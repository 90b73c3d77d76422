import { type FileForm, orchestratorForm } from "./file-form.ts";
import { isMapping } from "./path.ts";

/** JSON Schema (draft 2020-12) of a config file, for editors. Rules between keys are not in it. */
export function configJsonSchema({ description, name }: FileForm = orchestratorForm): Record<string, unknown> {
  const { $schema, ...rest } = withoutNotes(description) as Record<string, unknown>;
  return { $schema, title: `mcbot ${name} file`, ...rest };
}

/** Removes `x-kind` and `x-expected`, and the bounds zod gives to exact integers. */
function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (!isMapping(value)) return value;
  const kept = Object.entries(value).filter(
    ([key, child]) => !key.startsWith("x-") && Math.abs(Number(child)) !== Number.MAX_SAFE_INTEGER,
  );
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutNotes(child)]));
}
