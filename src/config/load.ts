import { readFileSync } from "node:fs";
import { checkConfig } from "./check.ts";
import { ConfigError, type ConfigIssue } from "./config-error.ts";
import type { ConfigContext } from "./context.ts";
import { type FileForm, formOf } from "./file-form.ts";
import { locate } from "./locate.ts";
import type { Origin } from "./origin.ts";
import { findOrigins } from "./origins.ts";
import { applyOverrides, environmentOverrides, type FlagOverride, flagOverrides } from "./overrides.ts";
import type { Config } from "./schema.ts";
import { readYaml } from "./yaml-source.ts";

export interface LoadOptions {
  /** What is known of strategies, or how to learn it from the data of the file. */
  readonly context: ConfigContext | ((data: unknown) => ConfigContext);
  /** Variables MCBOT__A__B override the file. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values from the command line; they override the file and the environment. */
  readonly overrides?: readonly FlagOverride[];
}

export interface LoadedConfig {
  readonly form: FileForm;
  readonly config: Config;
  /** Where each leaf of `config` came from, by path. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly warnings: readonly ConfigIssue[];
  /** The file as it was read. */
  readonly text: string;
}

/** Reads, checks and resolves a config file. Throws one ConfigError that holds every issue. */
export function loadConfig(path: string, options: LoadOptions): LoadedConfig {
  return parseConfig(readText(path), path, options);
}

/** `loadConfig` for a text that is in memory; `file` is the name it goes by in messages. */
export function parseConfig(
  text: string,
  file: string,
  { context, env, overrides: flags = [] }: LoadOptions,
): LoadedConfig {
  const source = readYaml(text);
  const form = formOf(source.data);
  const fromEnvironment = environmentOverrides(env, form.description);
  const fromFlags = flagOverrides(flags, form.description);
  const overrides = [...fromEnvironment.overrides, ...fromFlags.overrides];
  const place = { file, source, overrides };
  const given = [...source.problems, ...fromEnvironment.problems, ...fromFlags.problems];
  // After a syntax error the rest is guesswork: what it reports would mislead.
  if (!source.isSound) throw new ConfigError(locate(given, place), source.text);

  const applied = applyOverrides(source.data, overrides);
  const checked = checkConfig(applied.data, typeof context === "function" ? context(applied.data) : context);
  const problems = [...given, ...applied.problems, ...(checked.ok ? [] : checked.problems)];
  if (!checked.ok || problems.length > 0) throw new ConfigError(locate(problems, place), source.text);

  const { config, warnings } = checked;
  const origins = findOrigins(config, form, file, source, overrides);
  return { config, form, origins, warnings: locate(warnings, place), text: source.text };
}

/** Checks and resolves a config that is an object (library use). Throws a ConfigError without positions. */
export function resolveObject(data: unknown, context: ConfigContext, name = "config"): Config {
  const checked = checkConfig(data, context);
  if (checked.ok) return checked.config;
  throw new ConfigError(locate(checked.problems, { file: name, source: null, overrides: [] }), null);
}

/** The one place that touches the file system. */
function readText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw unreadable(path, (error as NodeJS.ErrnoException).code ?? String(error));
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw unreadable(path, "not UTF-8");
    throw error;
  }
}

const REASONS: Record<string, string> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "it may not be read",
};

function unreadable(file: string, reason: string): ConfigError {
  const expected = "a config file in UTF-8 that can be read";
  const hint = REASONS[reason] ?? reason;
  const issue = {
    file,
    line: null,
    column: null,
    path: "",
    code: "UNREADABLE_FILE",
    value: file,
    expected,
    hint,
  } as const;
  return new ConfigError([issue], null);
}
