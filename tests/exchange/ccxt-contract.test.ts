// Goal: the ccxt adapter keeps the port's promises against the simulated venue, on futures in both modes and on spot.

import { parseFaultScript } from "../../src/venue/faults/script.ts";
import { feedContract, type TradingSubject, tradingContract } from "./contract.ts";
import { openAdapter } from "./support.ts";

async function subject(name: "binanceusdm" | "binance", hedgeMode: boolean): Promise<TradingSubject> {
  const path = name === "binance" ? "POST /api/v3/order" : "POST /fapi/v1/order";
  const { account, venue, close } = await openAdapter(name, [], { hedgeMode });
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

tradingContract("futures, hedge mode", { leg: "long", derivatives: true, stops: true }, () =>
  subject("binanceusdm", true),
);
tradingContract("futures, one-way mode", { leg: "net", derivatives: true, stops: true }, () =>
  subject("binanceusdm", false),
);
tradingContract("spot", { leg: "net", derivatives: false, stops: false }, () => subject("binance", true));

for (const name of ["binanceusdm", "binance"] as const) {
  feedContract(name, async () => {
    const { feed, venue, close } = await openAdapter(name);
    return { feed, now: () => venue.serverTime(), close };
  });
}
