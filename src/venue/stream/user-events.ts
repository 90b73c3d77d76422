import { formatE8, formatShort } from "../decimal.ts";
import type { FuturesEvent, FuturesExchange } from "../futures/exchange.ts";
import { averagePrice } from "../http/futures-replies.ts";

/** The messages that the user stream of a USD-M account sends about an event. */
export function userEvents(exchange: FuturesExchange, event: FuturesEvent): object[] {
  if (event.type === "FUNDING") return [accountUpdate(exchange, "FUNDING_FEE", event.symbol, event.timeMs)];
  const { order, trade, timeMs } = event;
  const update = {
    e: "ORDER_TRADE_UPDATE",
    E: timeMs,
    T: timeMs,
    o: {
      s: order.symbol,
      c: order.clientId,
      S: order.side,
      o: order.type,
      f: order.timeInForce,
      q: formatShort(order.quantity),
      p: formatShort(order.price),
      ap: formatShort(averagePrice(order)),
      sp: "0",
      x: trade === null ? order.status : "TRADE",
      X: order.status,
      i: order.id,
      l: formatShort(trade?.quantity ?? 0n),
      z: formatShort(order.executed),
      L: formatShort(trade?.price ?? 0n),
      n: formatE8(trade?.commission ?? 0n),
      N: trade?.commissionAsset ?? null,
      T: timeMs,
      t: trade?.id ?? 0,
      b: "0",
      a: "0",
      m: trade?.maker ?? false,
      R: order.reduceOnly,
      wt: "CONTRACT_PRICE",
      ot: order.type,
      ps: order.positionSide,
      cp: false,
      rp: formatE8(trade?.realised ?? 0n),
      V: "NONE",
      pm: "NONE",
      gtd: 0,
    },
  };
  return trade === null ? [update] : [accountUpdate(exchange, "ORDER", order.symbol, timeMs), update];
}

function accountUpdate(exchange: FuturesExchange, reason: string, symbol: string, timeMs: number): object {
  const { account } = exchange;
  const sides = account.hedgeMode ? (["LONG", "SHORT"] as const) : (["BOTH"] as const);
  return {
    e: "ACCOUNT_UPDATE",
    E: timeMs,
    T: timeMs,
    a: {
      m: reason,
      B: [{ a: "USDT", wb: formatE8(account.wallet), cw: formatE8(account.wallet), bc: "0" }],
      P: sides.map((ps) => {
        const { position } = account.leg(symbol, ps);
        return {
          s: symbol,
          pa: formatShort(position.amount),
          ep: formatShort(position.entry),
          bep: formatShort(position.entry),
          cr: "0",
          up: "0",
          mt: "cross",
          iw: "0",
          ps,
        };
      }),
    },
  };
}
