import type { Command } from "commander";
import { date, examples, group, whole } from "../arguments.ts";
import { addStore } from "./store.ts";

export function addData(program: Command): void {
  const data = group(program, "data", "market data");
  addStore(data);
  data
    .command("synth")
    .description("write the seeded SYNTHETIC market as a folder of CSV")
    .requiredOption("--out <dir>", "folder to write")
    .option("--seed <seed>", "seed of the market", whole, 1)
    .option("--symbols <symbols...>", "BASE/QUOTE", ["BTC/USDT", "ETH/USDT", "SOL/USDT", "BNB/USDT", "AVAX/USDT"])
    .option("--timeframes <timeframes...>", "bar lengths", ["1D"])
    .option("--start <date>", "first day, UTC", date, "2019-01-01")
    .option("--end <date>", "last day, UTC", date, "2025-12-31")
    .option("--json", "print the list of files as JSON")
    .addHelpText("after", examples("mcbot data synth --out ./data --timeframes 1D 1h --end 2024-12-31"))
    .action(async (flags) => (await import("../commands/data-synth.ts")).synthesise(flags));
}
