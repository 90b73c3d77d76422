import type { Config } from "../config/schema.ts";
import type { ExchangeClock } from "../exchange/exchange-clock.ts";
import { type MarketFeed, type TradingVenue, VenueError, type VenueInstrument } from "../exchange/port.ts";
import { symbolsOf } from "./journal-fold.ts";

export interface PreflightCheck {
  readonly name: string;
  readonly ok: boolean;
  /** True: worth knowing, and no reason to refuse. */
  readonly warning: boolean;
  readonly found: string;
}

export interface Preflight {
  readonly checks: readonly PreflightCheck[];
  /** What a start takes from it; null where it could not be read. */
  readonly account: string | null;
  readonly equity: number | null;
  readonly hedged: boolean | null;
  readonly instruments: ReadonlyMap<string, VenueInstrument>;
}

const WARN_OFFSET_MS = 500;
const DAY_MS = 86_400_000;
const DELIST_NOTICE_MS = 2 * DAY_MS;
/** An order must be this many times the venue's minimum before a pod's smallest usual trade is worth sending. */
const MIN_CAPITAL_FACTOR = 2;

/** Looks at everything a live engine needs of its account and symbols (spec 5.1); changes nothing. */
export async function preflight(
  config: Config,
  venue: TradingVenue,
  feed: MarketFeed,
  clock: ExchangeClock,
): Promise<Preflight> {
  const checks: PreflightCheck[] = [];
  const check = async <T>(name: string, look: () => Promise<[T, string]>): Promise<T | null> => {
    try {
      const [value, found] = await look();
      checks.push({ name, ok: true, warning: false, found });
      return value;
    } catch (error) {
      if (!(error instanceof VenueError) && !(error instanceof Finding)) throw error;
      const warning = error instanceof Finding && error.isWarning;
      checks.push({ name, ok: warning, warning, found: error.message });
      return null;
    }
  };
  const symbols = symbolsOf(config);
  const isSpot = config.data.market === "spot";

  await check("clock", async () => {
    await venue.serverTime();
    const offset = Math.round(clock.offsetMs);
    if (clock.level === "unsure")
      throw new Finding(`the exchange's time is not known to a second (offset ${offset} ms)`);
    if (Math.abs(offset) > WARN_OFFSET_MS)
      throw new Finding(`this machine is ${-offset} ms off the exchange; it is corrected`, true);
    return [offset, `offset ${offset} ms`];
  });
  const account = await check("key", async () => {
    const key = await venue.permissions();
    if (key.withdraw || key.transfer)
      throw new Finding("the key may withdraw or transfer: make one that may only read and trade");
    if (!key.read || !key.trade) throw new Finding(`the key may not ${key.read ? "trade" : "read"} here`);
    if (key.expiresMs !== null)
      checks.push(warn("key expiry", `trading ends ${new Date(key.expiresMs).toISOString()}`));
    if (!key.ipRestricted) checks.push(warn("key addresses", "the key works from any address: restrict it"));
    return [key.account, `account ${key.account}, may read and trade, no withdrawal`];
  });
  const hedged = await check("position mode", async () => {
    const { hedged: own, symbols: settings } = await venue.settings();
    if (isSpot) return [false, "spot has none"];
    const wanted = config.execution.position_mode === "hedge";
    if (own !== wanted)
      throw new Finding(
        `the account is in ${own === true ? "hedge" : "one-way"} mode, execution.position_mode is ${config.execution.position_mode}`,
      );
    const isolated = symbols.filter((symbol) => settings[symbol]?.crossMargin === false);
    if (isolated.length > 0) throw new Finding(`isolated margin on ${isolated.join(", ")}: set it to cross`);
    const levers = symbols.map((symbol) => `${symbol} ${settings[symbol]?.leverage ?? "?"}x`);
    return [wanted, `${wanted ? "hedge" : "one-way"}, cross margin; leverage ${levers.join(", ")}`];
  });
  const instruments = await check("instruments", async () => {
    const found = await feed.instruments(symbols);
    const halted = found.filter(({ trading }) => !trading).map(({ symbol }) => symbol);
    if (halted.length > 0) throw new Finding(`not trading: ${halted.join(", ")}`);
    const ending = found.filter(({ delistMs }) => delistMs !== null && delistMs < clock.now() + DELIST_NOTICE_MS);
    if (ending.length > 0)
      throw new Finding(`delisted within two days: ${ending.map(({ symbol }) => symbol).join(", ")}`);
    return [
      found,
      found.map(({ symbol, step, minNotional }) => `${symbol} step ${step}, least ${minNotional}`).join("; "),
    ];
  });
  const equity = await check("capital", async () => {
    const { equity: own, available } = await venue.balance();
    const least = Math.max(0, ...(instruments ?? []).map(({ minNotional }) => Number(minNotional)));
    const smallest = smallestCell(config) * Number(own);
    if (smallest < MIN_CAPITAL_FACTOR * least)
      throw new Finding(
        `equity ${own}: the smallest pod's share of one symbol is ${smallest.toFixed(2)}, orders begin at ${least}`,
        Number(own) > 0,
      );
    return [Number(own), `equity ${own}, available ${available}`];
  });
  return {
    checks,
    account,
    equity: equity ?? null,
    hedged,
    instruments: new Map((instruments ?? []).map((rules) => [rules.symbol, rules])),
  };
}

/** Something a check found wrong itself. */
class Finding extends Error {
  readonly isWarning: boolean;

  constructor(message: string, isWarning = false) {
    super(message);
    this.isWarning = isWarning;
  }
}

function warn(name: string, found: string): PreflightCheck {
  return { name, ok: true, warning: true, found };
}

/** The smallest share of the account that one symbol of one pod starts with. */
function smallestCell({ pods }: Config): number {
  return Math.min(...pods.map(({ initial_fraction: fraction, symbols }) => fraction / symbols.length));
}
