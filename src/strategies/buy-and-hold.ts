import { z } from "zod";
import { kernelStrategy } from "./kernel-strategy.ts";

export type BuyAndHoldParams = Readonly<Record<never, never>>;

/** Always long at weight 1. */
export const buyAndHold = kernelStrategy<BuyAndHoldParams>({
  name: "buy-and-hold",
  params: z.strictObject({}),
  warmup: () => 1,
  stateLength: () => 0,
  initialise() {},
  run: "buyAndHoldRun",
});
