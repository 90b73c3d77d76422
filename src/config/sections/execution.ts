import { z } from "zod";
import { isLoopbackUrl } from "../../lib/loopback.ts";
import { number, text, whole } from "../fields.ts";

const loopbackUrl = z
  .string()
  .refine(isLoopbackUrl)
  .meta({ "x-expected": "a loopback URL, such as http://127.0.0.1:8080" });

const capitalShare = z
  .string()
  .regex(/^(?:100|\d{1,2}(?:\.\d+)?)%$/)
  .refine((share) => Number.parseFloat(share) > 0)
  .meta({ "x-expected": 'a share such as "50%"' });

const seconds = (fallback: number) => number({ above: 0 }).default(fallback);

export const execution = z.strictObject({
  venue: z
    .string()
    .regex(/^[a-z0-9_]+$/)
    .meta({ "x-expected": "a ccxt venue name, such as binanceusdm or binance" })
    .default("binanceusdm")
    .describe("ccxt name of the venue"),
  mode: z.enum(["paper", "live"]).default("paper").describe("Simulated fills, or orders with real money"),
  style: z.enum(["market", "limit_then_market"]).default("market").describe("How orders are placed"),
  position_mode: z.enum(["hedge", "one_way"]).default("hedge").describe("Position mode of a futures account"),
  exchange_stops: z.boolean().default(false).describe("Keep every pod stop as an order at the venue"),
  base_url: loopbackUrl.nullable().default(null).describe("A simulated venue (mcbot venue), loopback only"),
  capital: z
    .union([number({ above: 0 }), capitalShare])
    .nullable()
    .default(null)
    .describe('Quote units, or a share of the account ("50%"); null: backtest.capital in paper, all of it in live'),
  limit_timeout_seconds: seconds(30).describe("Life of a limit order before the rest goes to market, seconds"),
  limit_drift_bps: number({ above: 0 }).default(10).describe("Price move that cancels a limit order, bps"),
  grace_seconds: seconds(20).describe("Wait for late symbols after a bar closed, seconds"),
  reconcile_seconds: seconds(60).describe("Time between reconciliations with the venue, seconds"),
  reconcile_observations: whole({ min: 1 }).default(3).describe("Times a difference is seen before it counts"),
  state_dir: text("a folder").default("./state").describe("Folder of the journal and snapshots"),
});
