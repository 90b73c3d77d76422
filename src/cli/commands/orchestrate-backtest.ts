import { formatIssues } from "../../config/format-error.ts";
import { openConfig, openMarketFor, requireRange } from "../open-run.ts";
import { type RunFlags, runAndPrint } from "../run-and-print.ts";
import { wantsColor } from "../terminal.ts";

/** `orchestrate backtest CONFIG`: reads and checks the file, opens its market, runs it. */
export function orchestrateBacktest(file: string, flags: RunFlags): void {
  const loaded = openConfig(file, flags);
  requireRange(loaded, file);
  const { config, warnings, text, origins } = loaded;
  if (warnings.length > 0) {
    process.stderr.write(`${formatIssues(warnings, text, { color: wantsColor(process.stderr, process.env) })}\n`);
  }
  const opened = openMarketFor(config, origins.get("data.path")?.kind === "default");
  const messages = warnings.map(({ path, expected }) => `${path}: expected ${expected}`);
  runAndPrint({ ...opened, config, configText: text, warnings: messages }, flags);
}
