// Goal: the ccxt adapters keep the port's promises against the simulated venue, on futures in both modes and on spot; ours for
// Binance, and the one that knows ccxt's unified calls only.

import { parseFaultScript } from "../../src/venue/faults/script.ts";
import { feedContract, type TradingSubject, type Traits, tradingContract } from "./contract.ts";
import { openAdapter } from "./support.ts";

type Name = "binanceusdm" | "binance";

async function subject(name: Name, hedgeMode: boolean, unified = false): Promise<TradingSubject> {
  const path = name === "binance" ? "POST /api/v3/order" : "POST /fapi/v1/order";
  const { account, venue, close } = await openAdapter(name, [], { hedgeMode }, { unified });
  const fault = (does: string) => venue.addFaults(parseFaultScript([{ at: { req: path, nth: 1 }, do: does }]));
  return {
    venue: account,
    now: () => venue.serverTime(),
    price: () => Number(venue.futures.price("BTCUSDT")) / 1e8,
    loseAnswer: () => fault("dropAfter"),
    loseRequest: () => fault("dropBefore"),
    close,
  };
}

const futures: Traits = { leg: "long", derivatives: true, stops: true, guards: true, account: "full" };
tradingContract("futures, hedge mode", futures, () => subject("binanceusdm", true));
tradingContract("futures, one-way mode", { ...futures, leg: "net" }, () => subject("binanceusdm", false));
tradingContract("spot", { ...futures, leg: "net", derivatives: false }, () => subject("binance", true));

const unified: Traits = { ...futures, stops: false, account: "no_permissions" };
tradingContract("unified, hedge mode", unified, () => subject("binanceusdm", true, true));
tradingContract("unified, one-way mode", { ...unified, leg: "net" }, () => subject("binanceusdm", false, true));

for (const [name, isUnified] of [
  ["binanceusdm", false],
  ["binance", false],
  ["binanceusdm", true],
] as const) {
  feedContract(isUnified ? `unified ${name}` : name, async () => {
    const { feed, venue, close } = await openAdapter(name, [], {}, { unified: isUnified });
    return { feed, now: () => venue.serverTime(), close };
  });
}
