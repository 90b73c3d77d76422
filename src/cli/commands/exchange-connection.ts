import type { Config } from "../../config/schema.ts";
import { loadCredentials } from "../../exchange/credentials.ts";
import { systemClock } from "../../live/clock.ts";
import type { Connection } from "../../live/dead/dead-engine.ts";
import { symbolsOf } from "../../live/journal-fold.ts";

/** Reaches the exchange of a config with the keys of the environment. @throws CredentialsError, VenueError */
export async function connectExchange(config: Config): Promise<Connection> {
  const { venue, base_url: baseUrl } = config.execution;
  const credentials = loadCredentials(process.env);
  const { openFeed, openTrading } = await import("../../exchange/ccxt/open.ts");
  const symbols = symbolsOf(config);
  const quote = symbols[0]?.split("/")[1] ?? "USDT";
  // An emergency does not queue: some hundred units of weight are far below any limit, and the budget still guards them.
  const trading = await openTrading({ venue, baseUrl, credentials, symbols, quote, throttle: false });
  const feed = await openFeed({ venue, baseUrl });
  await trading.serverTime();
  return {
    venue: trading,
    feed,
    clock: { now: () => trading.clock.now(), sleep: systemClock.sleep },
    close: async () => {
      await trading.close();
      await feed.close();
    },
  };
}
