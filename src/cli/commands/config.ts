import { canonicalConfig } from "../../config/canonical.ts";
import { ConfigError } from "../../config/config-error.ts";
import { orchestratorForm, singleStrategyForm } from "../../config/file-form.ts";
import { configJsonSchema } from "../../config/json-schema.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { showConfig } from "../../config/show.ts";
import { EXIT } from "../exit-codes.ts";
import { openConfig } from "../open-run.ts";
import { reportWarnings } from "../report-warnings.ts";

/**
 * `config validate`: says that a file is sound, or throws the ConfigError that lists everything wrong with it. As JSON both
 * answers go to stdout.
 */
export function validateConfig(file: string, { json }: { json?: boolean }): void {
  let loaded: LoadedConfig;
  try {
    loaded = openConfig(file, {});
  } catch (error) {
    if (!json || !(error instanceof ConfigError)) throw error;
    process.stdout.write(`${JSON.stringify({ schema_version: 1, file, valid: false, issues: error.issues })}\n`);
    process.exitCode = EXIT.configInvalid;
    return;
  }
  reportWarnings(loaded);
  const { config, form, warnings } = loaded;
  const summary = { schema_version: 1, file, valid: true, form: form.name, pods: config.pods.length, warnings };
  process.stdout.write(
    json
      ? `${JSON.stringify(summary)}\n`
      : `${file}: valid, ${form.name === "orchestrator" ? `${config.pods.length} pods` : "one strategy"}\n`,
  );
}

/** `config show`: the config as the engine will take it, each value with its origin when resolved. */
export function printConfig(
  file: string,
  { resolved, json, data }: { resolved?: boolean; json?: boolean; data?: string },
): void {
  const loaded = openConfig(file, { data });
  const text = json
    ? `{"schema_version":1,"config":${canonicalConfig(loaded.config)}}`
    : showConfig(loaded, resolved ?? false);
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** `config schema`: JSON Schema for editors. */
export function printSchema({ singleStrategy }: { singleStrategy?: boolean }): void {
  const schema = configJsonSchema(singleStrategy ? singleStrategyForm : orchestratorForm);
  process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
}
