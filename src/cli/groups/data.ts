import { type Command, Option } from "commander";
import { date, examples, group, whole } from "../arguments.ts";
import { addStore } from "./store.ts";

const SYMBOLS = ["BTC/USDT", "ETH/USDT", "SOL/USDT", "BNB/USDT", "AVAX/USDT"];

export function addData(program: Command): void {
  const data = group(
    program,
    "data",
    "market data: fetch, import, check, invent",
    "mcbot data verify ./data",
    "mcbot data synth --out ./data",
  );
  addStore(data);
  data
    .command("synth")
    .description("write the seeded SYNTHETIC market as a folder of CSV")
    .requiredOption("--out <dir>", "folder to write")
    .option("--seed <seed>", "seed of the market", whole, 1)
    .addOption(
      new Option("--symbols <symbols...>", "BASE/QUOTE").default(SYMBOLS, "BTC, ETH, SOL, BNB and AVAX against USDT"),
    )
    .option("--timeframes <timeframes...>", "bar lengths", ["1D"])
    .option("--start <date>", "first day, UTC", date, "2019-01-01")
    .option("--end <date>", "last day, UTC", date, "2025-12-31")
    .option("--json", "print the list of files as JSON")
    .addHelpText("after", examples("mcbot data synth --out ./data --timeframes 1D 1h --end 2024-12-31"))
    .action(async (flags) => (await import("../commands/data-synth.ts")).synthesise(flags));
}
