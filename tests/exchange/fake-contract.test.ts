// Goal: the fake exchange that the order manager is tested on keeps the promises of the port that the real adapters keep.

import type { TradingVenue } from "../../src/exchange/port.ts";
import { FakeExchange, type Faults, type Filling, NO_FAULTS, type SubmitFault } from "../support/fake-exchange.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { type TradingSubject, tradingContract } from "./contract.ts";

async function subject(hedged: boolean): Promise<TradingSubject> {
  const clock = new VirtualClock(Date.UTC(2024, 0, 1));
  const submit: (SubmitFault | null)[] = [];
  const filling: Filling[] = [];
  const faults: Faults = { ...NO_FAULTS, submit, filling };
  const exchange = new FakeExchange(clock, { hedged, faults });
  let calls = 0;
  // Its time passes only while somebody waits for it.
  const venue = new Proxy(exchange.connect().venue, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (name === "submit") calls++;
        return clock.run(Promise.resolve(value.apply(target, args)));
      };
    },
  }) as TradingVenue;
  return {
    venue,
    now: () => clock.now(),
    price: () => 100,
    loseAnswer: () => {
      submit[calls] = "lost_ack";
    },
    loseRequest: () => {
      submit[calls] = "lost_request";
    },
    letRest: () => {
      filling[exchange.orders.length] = "never";
    },
    close: async () => {},
  };
}

const traits = { derivatives: true, stops: false, guards: false, account: "positions" } as const;
tradingContract("the fake, hedge mode", { ...traits, leg: "long" }, () => subject(true));
tradingContract("the fake, one-way mode", { ...traits, leg: "net" }, () => subject(false));
