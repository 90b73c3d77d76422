import { z } from "zod";
import type { StrategyDefinition } from "./strategy.ts";

export type BuyAndHoldParams = Readonly<Record<never, never>>;

/** Always long at weight 1. */
export const buyAndHold: StrategyDefinition<BuyAndHoldParams> = {
  name: "buy-and-hold",
  params: z.strictObject({}),
  warmup: () => 1,
  stateLength: () => 0,
  initialise() {},
  run: "buyAndHoldRun",
};
