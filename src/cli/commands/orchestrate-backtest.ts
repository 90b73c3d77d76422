import { openConfig, openMarketFor, requireForm, requireRange } from "../open-run.ts";
import { reportWarnings } from "../report-warnings.ts";
import { type RunFlags, runAndPrint } from "../run-and-print.ts";

/** `orchestrate backtest CONFIG`: reads and checks the file, opens its market, runs it. */
export async function orchestrateBacktest(file: string, flags: RunFlags): Promise<void> {
  const loaded = openConfig(file, flags);
  requireForm(loaded, "orchestrator", file);
  requireRange(loaded, file);
  const { config, text, origins } = loaded;
  const warnings = reportWarnings(loaded);
  const opened = openMarketFor(config, origins.get("data.path")?.kind === "default");
  await runAndPrint({ ...opened, configText: text, warnings }, flags);
}
