import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CredentialsError, loadCredentials } from "../../exchange/credentials.ts";
import { symbolsOf } from "../../live/journal-fold.ts";
import { preflight } from "../../live/preflight.ts";
import { possibleLoss } from "../../live/run-live.ts";
import { openConfig } from "../open-run.ts";
import type { Check } from "./doctor.ts";

/** What a start of live trading asks of the disk, with room for a month of records. */
const LEAST_FREE_BYTES = 256 << 20;

/** Everything live trading needs of venue and account; asks, and changes nothing. */
export async function liveChecks(file: string): Promise<Check[]> {
  const { config } = openConfig(file, {});
  const { venue: name, base_url: baseUrl, state_dir: stateDir } = config.execution;
  const disk = diskCheck(stateDir);
  let credentials: ReturnType<typeof loadCredentials>;
  try {
    credentials = loadCredentials(process.env);
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    return [disk, { name: "key", ok: false, found: error.message }];
  }
  const { openFeed, openTrading } = await import("../../exchange/ccxt/open.ts");
  const feed = await openFeed({ venue: name, baseUrl });
  const venue = await openTrading({ venue: name, baseUrl, credentials, symbols: symbolsOf(config) });
  try {
    const { checks, account, equity } = await preflight(config, venue, feed, venue.clock);
    const consents =
      account === null || equity === null
        ? []
        : [`mcbot orchestrate live ${file} --account ${account} --accept-max-loss ${possibleLoss(config, equity)}`];
    const mode = config.execution.mode === "live";
    return [
      disk,
      ...checks,
      {
        name: "consents",
        ok: true,
        warning: !mode,
        found: mode ? consents.join("") : `execution.mode is ${config.execution.mode}: live trading needs mode: live`,
      },
    ];
  } finally {
    await Promise.all([feed.close(), venue.close()]);
  }
}

function diskCheck(stateDir: string): Check {
  let folder = resolve(stateDir);
  for (;;) {
    try {
      const { bavail, bsize } = statfsSync(folder);
      const free = bavail * bsize;
      const found = `${(free / 2 ** 30).toFixed(1)} GiB free for ${stateDir}`;
      return { name: "disk", ok: free >= LEAST_FREE_BYTES, found };
    } catch {
      folder = dirname(folder);
    }
  }
}
