import { formatE8 } from "../decimal.ts";
import type { SymbolSettings } from "../futures/account.ts";
import { refuse } from "../venue-error.ts";
import type { Endpoint } from "./endpoint.ts";
import { futuresAccount, futuresIncome, futuresPosition } from "./futures-replies.ts";

const DUAL = "/fapi/v1/positionSide/dual";
const LISTEN_KEY = "/fapi/v1/listenKey";
const SUCCESS = { code: 200, msg: "success" };

/** Balance, positions, settings and income of the USD-M account; keys of its user stream. */
export const futuresAccountEndpoints: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/fapi/v3/account",
    security: "SIGNED",
    weight: 5,
    parameters: [],
    handle: ({ futures }) => futuresAccount(futures),
  },
  {
    method: "GET",
    path: "/fapi/v3/balance",
    security: "SIGNED",
    weight: 5,
    parameters: [],
    handle: ({ futures }) => [
      {
        accountAlias: "mcbot",
        asset: "USDT",
        balance: formatE8(futures.account.wallet),
        crossWalletBalance: formatE8(futures.account.wallet),
        crossUnPnl: formatE8(futures.account.unrealised(futures.mark)),
        availableBalance: formatE8(futures.available()),
        maxWithdrawAmount: formatE8(futures.available()),
        marginAvailable: true,
        updateTime: futures.nowMs,
      },
    ],
  },
  {
    method: "GET",
    path: "/fapi/v3/positionRisk",
    security: "SIGNED",
    weight: 5,
    parameters: ["symbol"],
    handle: ({ futures }, parameters) => {
      const symbol = parameters.text("symbol");
      return futures.account
        .held()
        .filter((leg) => symbol === null || leg.symbol === symbol)
        .map((leg) => futuresPosition(futures, leg));
    },
  },
  {
    method: "GET",
    path: "/fapi/v1/leverageBracket",
    security: "SIGNED",
    weight: 1,
    parameters: ["symbol"],
    handle: ({ futures }, parameters) => {
      const one = (symbol: string): object => {
        const { maxLeverage, maintenanceRate } = futures.listing(symbol).instrument;
        const maintMarginRatio = Number(formatE8(maintenanceRate));
        const bracket = {
          bracket: 1,
          initialLeverage: maxLeverage,
          notionalCap: 1e12,
          notionalFloor: 0,
          maintMarginRatio,
          cum: 0,
        };
        return { symbol, notionalCoef: 1, brackets: [bracket] };
      };
      const symbol = parameters.text("symbol");
      return (symbol === null ? futures.symbols : [symbol]).map(one);
    },
  },
  {
    method: "GET",
    path: "/fapi/v1/symbolConfig",
    security: "SIGNED",
    weight: 5,
    parameters: ["symbol"],
    handle: ({ futures }, parameters) => {
      const symbol = parameters.text("symbol");
      return (symbol === null ? futures.symbols : [symbol]).map((id) => symbolConfig(id, futures.account.settings(id)));
    },
  },
  {
    method: "GET",
    path: DUAL,
    security: "SIGNED",
    weight: 30,
    parameters: [],
    handle: ({ futures }) => ({ dualSidePosition: futures.account.hedgeMode }),
  },
  {
    method: "POST",
    path: DUAL,
    security: "SIGNED",
    weight: 1,
    parameters: ["dualSidePosition"],
    handle: ({ futures }, parameters) => {
      const hedge = parameters.flag("dualSidePosition");
      if (hedge === null) throw refuse.missing("dualSidePosition");
      futures.setHedgeMode(hedge);
      return SUCCESS;
    },
  },
  {
    method: "POST",
    path: "/fapi/v1/leverage",
    security: "SIGNED",
    weight: 1,
    parameters: ["symbol", "leverage"],
    handle: ({ futures }, parameters) => {
      const symbol = parameters.requiredText("symbol");
      const leverage = parameters.requiredWhole("leverage");
      if (leverage < 1 || leverage > futures.listing(symbol).instrument.maxLeverage) throw refuse.leverageOutOfRange();
      futures.account.settings(symbol).leverage = leverage;
      return { symbol, leverage, maxNotionalValue: "1000000000" };
    },
  },
  {
    method: "POST",
    path: "/fapi/v1/marginType",
    security: "SIGNED",
    weight: 1,
    parameters: ["symbol", "marginType"],
    handle: ({ futures }, parameters) => {
      const symbol = parameters.requiredText("symbol");
      futures.listing(symbol);
      const wanted = parameters.oneOf("marginType", ["CROSSED", "ISOLATED"]);
      if (wanted === null) throw refuse.missing("marginType");
      const settings = futures.account.settings(symbol);
      if (settings.marginType === wanted) throw refuse.marginTypeSame();
      settings.marginType = wanted;
      return SUCCESS;
    },
  },
  {
    method: "GET",
    path: "/fapi/v1/income",
    security: "SIGNED",
    weight: 30,
    parameters: ["symbol", "incomeType", "startTime", "endTime", "page", "limit"],
    handle: ({ futures }, parameters) => {
      const symbol = parameters.text("symbol");
      const type = parameters.text("incomeType");
      const from = parameters.whole("startTime") ?? 0;
      const to = parameters.whole("endTime") ?? futures.nowMs;
      const limit = Math.min(parameters.whole("limit") ?? 100, 1000);
      const page = parameters.whole("page") ?? 1;
      return futures.account.incomes
        .filter((income) => (symbol === null || income.symbol === symbol) && (type === null || income.type === type))
        .filter(({ timeMs }) => timeMs >= from && timeMs <= to)
        .slice((page - 1) * limit, page * limit)
        .map(futuresIncome);
    },
  },
  {
    method: "POST",
    path: LISTEN_KEY,
    security: "KEY",
    weight: 1,
    parameters: [],
    handle: (venue) => ({ listenKey: venue.listenKeys.open(venue.futures.nowMs) }),
  },
  {
    method: "PUT",
    path: LISTEN_KEY,
    security: "KEY",
    weight: 1,
    parameters: ["listenKey"],
    handle: (venue) => {
      if (!venue.listenKeys.renew(venue.futures.nowMs)) throw refuse.badListenKey();
      return { listenKey: venue.listenKeys.current };
    },
  },
  {
    method: "DELETE",
    path: LISTEN_KEY,
    security: "KEY",
    weight: 1,
    parameters: ["listenKey"],
    handle: (venue) => {
      venue.listenKeys.close();
      return {};
    },
  },
];

function symbolConfig(symbol: string, { leverage, marginType }: SymbolSettings): object {
  return { symbol, marginType, isAutoAddMargin: false, leverage, maxNotionalValue: "1000000000" };
}
