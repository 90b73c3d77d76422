import { planRevival, whyNotTheSame } from "../../engine/revive.ts";
import { readRun } from "../../engine/run-folder.ts";
import { openMarketFor } from "../open-run.ts";
import { type RunFlags, runAndPrint } from "../run-and-print.ts";
import { UsageError } from "../usage-error.ts";

export interface PodReviveFlags extends RunFlags {
  readonly at: string;
  readonly run: string;
}

/** `pod revive POD --at DATE`: makes a run again with an operator who gives a retired pod another life. */
export async function podRevive(podId: string, flags: PodReviveFlags): Promise<void> {
  const run = readRun(flags.run);
  const plan = planRevival(run, podId, flags.at);
  if (!plan.ok) throw new UsageError(plan.message);
  const path = flags.data ?? run.manifest.data_path;
  if (path === null) throw new UsageError("the manifest names no data: say where it is with --data");
  const { config, actions } = plan.revival;
  const opened = openMarketFor({ ...config, data: { ...config.data, path } }, false);
  const problem = whyNotTheSame(run, plan.revival, opened.market);
  if (problem !== null) throw new UsageError(`${run.folder}: ${problem}`);
  const notice = `${opened.notice}\nOperator: ${podId} is revived at the close of ${flags.at}`;
  const { warnings } = run.result.header;
  await runAndPrint({ ...opened, notice, config, configText: run.configText(), warnings, actions }, flags);
}
