import { z } from "zod";
import { number } from "../fields.ts";

const bps = () => number({ min: 0, max: 10_000 });

const impact = z.strictObject({
  bps: bps().describe("Slippage added: bps × √(|quantity| ÷ volume of the decision bar)"),
});

// No defaults: these are calibrated from recorded fills, a guess would look like a measurement.
const quoted = z.strictObject({
  half_spread_bps: bps().describe("Half of the quoted spread, bps"),
  alpha: number({ min: 0 }).describe("Slippage per unit of order notional ÷ quoted notional, bps"),
  cap_bps: bps().describe("Most that alpha may charge, bps"),
  penalty_bps: bps().describe("Partial-fill penalty at its largest, bps"),
  max_safe: number({ above: 0 }).describe("Order notional ÷ quoted notional from which the penalty starts"),
});

export const portfolio = z.strictObject({
  cost_bps: bps().default(4).describe("Fee, bps of the filled notional"),
  slippage_bps: bps().default(5).describe("Slippage, bps of the price"),
  impact: impact.nullable().default(null).describe("Slippage that grows with size; null is off"),
  cost_model: z.enum(["flat", "quoted"]).default("flat").describe("flat: slippage_bps; quoted: from the top of book"),
  quoted: quoted.nullable().default(null).describe("Parameters of cost_model quoted, required by it"),
  netting: z.enum(["net", "gross"]).default("net").describe("One order per symbol, or one per pod and symbol"),
});
