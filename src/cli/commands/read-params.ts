import { readYaml } from "../../config/yaml-source.ts";
import { UsageError } from "../usage-error.ts";

/** `--param key=value`, repeated: keys and YAML values. */
export function readParams(texts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(texts.map(readParam));
}

function readParam(text: string): [string, unknown] {
  const split = text.indexOf("=");
  if (split < 1) throw new UsageError(`--param ${text}: expected key=value, for example lookback=30`);
  const { data, isSound } = readYaml(text.slice(split + 1));
  if (!isSound) throw new UsageError(`--param ${text}: the value is not YAML`);
  return [text.slice(0, split), data];
}
