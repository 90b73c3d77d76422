import { z } from "zod";
import { date, decimal, fraction, number, symbol, text, timeframe, whole } from "../fields.ts";

/** `data.path` of the seeded synthetic market. */
export const SYNTHETIC = "synthetic";

const rules = {
  lot: decimal.optional().describe("Quantity step, base units; default from the first price"),
  tick: decimal.optional().describe("Price step, quote units; default none"),
  min_notional: number({ min: 0 }).optional().describe("Smallest order, quote units; default none"),
  maintenance_rate: fraction({ above: 0, below: 1 })
    .optional()
    .describe("Maintenance margin, fraction of notional; default 0.005"),
};

const instrument = z.strictObject(rules);
const datedInstrument = z.strictObject({ from: date.describe("First day these rules hold, UTC"), ...rules });

export const data = z.strictObject({
  path: text('a folder, a store, or "synthetic"')
    .default("./data")
    .describe('Folder of bars, the local store, or "synthetic"; relative to the working directory'),
  base_timeframe: timeframe
    .nullable()
    .default(null)
    .describe("Bars the engine runs on; null takes the finest timeframe of any pod that the data can serve"),
  funding: z.enum(["required", "if_present", "none"]).default("if_present").describe("What missing funding data means"),
  warmup_bars: z
    .union([z.literal("all"), whole({ min: 0 })])
    .default("all")
    .describe("Bars before the start that strategies see"),
  market: z.enum(["usdm", "spot"]).default("usdm").describe("USD-margined perpetuals or spot"),
  instruments: z
    .record(symbol, z.union([instrument, z.array(datedInstrument).min(1)]))
    .default({})
    .describe("Trading rules by symbol; a list of them with `from` when they changed"),
  seed: whole({ min: 0 }).default(1).describe("Seed of the synthetic market"),
});

export type InstrumentRules = z.output<typeof instrument>;
