import { openConfig, openMarketFor, requireForm, withWholeRange } from "../open-run.ts";
import { reportWarnings } from "../report-warnings.ts";
import { type RunFlags, runAndPrint } from "../run-and-print.ts";

/** `eda run CONFIG`: a single-strategy file through the same engine, without orchestration. */
export async function edaRun(file: string, flags: RunFlags): Promise<void> {
  const loaded = openConfig(file, flags);
  requireForm(loaded, "single-strategy", file);
  const warnings = reportWarnings(loaded);
  const opened = openMarketFor(loaded.config, loaded.origins.get("data.path")?.kind === "default");
  const config = withWholeRange(opened.config, opened.market);
  await runAndPrint({ ...opened, config, configText: loaded.text, warnings, orchestrated: false }, flags);
}
