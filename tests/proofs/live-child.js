// One life of a live engine in a process of its own, against a venue of the parent: argv holds one JSON object. It dies by
// SIGKILL where it is told to, in the middle of a write as well.

import { mkdirSync } from "node:fs";
import { openFeed, openTrading } from "../../dist/exchange/ccxt/open.js";
import { Secret } from "../../dist/exchange/credentials.js";
import { ExchangeClock } from "../../dist/exchange/exchange-clock.js";
import { DISK } from "../../dist/journal/disk.js";
import { runLive } from "../../dist/live/run-live.js";

const { url, stateDir, config, untilMs, symbols, timeframe, kill, key } = JSON.parse(process.argv[2]);
mkdirSync(stateDir, { recursive: true });

const post = async (path, body) => {
  const answer = await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) });
  return answer.json();
};
let now = (await (await fetch(`${url}/fapi/v1/time`)).json()).serverTime;
const advance = async (ms) => {
  now = (await post("/venue/clock", { to_ms: now + Math.max(1, Math.ceil(ms)) })).now_ms;
};

function die() {
  process.kill(process.pid, "SIGKILL");
  for (;;);
}

/** The nth write that holds a record of this type is not made, made in part, or made and synced: then the end. */
function dyingDisk({ type, nth, when }) {
  let seen = 0;
  let last = false;
  return {
    ...DISK,
    write(file, bytes) {
      if (!bytes.includes(`"body":{"type":"${type}"`) || ++seen !== nth) return DISK.write(file, bytes);
      if (when === "before") die();
      if (when === "torn") {
        DISK.write(file, bytes.subarray(0, bytes.length - Math.ceil(bytes.length / 3)));
        DISK.sync(file);
        die();
      }
      last = true;
      return DISK.write(file, bytes);
    },
    sync(file) {
      DISK.sync(file);
      if (last) die();
    },
  };
}

const side = () => ({
  venue: "binanceusdm",
  baseUrl: url,
  deadlineMs: 1500,
  throttle: false,
  clock: new ExchangeClock(() => now),
});
const venue = await openTrading({
  ...side(),
  credentials: { apiKey: new Secret(key.apiKey), secret: new Secret(key.secret) },
  symbols,
});
const feed = await openFeed(side());
await venue.serverTime();
const rules = await feed.instruments(symbols);
const outcome = await runLive({
  config: {
    ...config,
    data: {
      ...config.data,
      instruments: Object.fromEntries(
        rules.map(({ symbol, step, tick, minNotional }) => [
          symbol,
          { lot: Number(step), tick: Number(tick), min_notional: Number(minNotional) },
        ]),
      ),
    },
  },
  stateDir,
  venueName: "binanceusdm",
  simulator: true,
  venue,
  feed,
  gauges: { clock: venue.clock, budget: venue.budget },
  clock: { now: () => venue.clock.now(), sleep: advance },
  timeframe,
  account: `trial ${stateDir}`,
  equity: 100_000,
  hedged: true,
  instruments: new Map(rules.map((own) => [own.symbol, own])),
  maxLoss: 90_000,
  startMs: null,
  untilMs,
  idleMs: 3_600_000,
  signal: new AbortController().signal,
  ...(kill === undefined ? {} : { journal: { disk: dyingDisk(kill) } }),
});
process.stdout.write(JSON.stringify(outcome));
process.exit(0);
