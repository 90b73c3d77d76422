import type { Command } from "commander";
import { date, examples, positive } from "../arguments.ts";

/** The commands of the local store, below `data`. */
export function addStore(data: Command): void {
  data
    .command("fetch")
    .description(
      "fetch bars and funding rates of a venue (public data, no key) into the local store; run it again to go on",
    )
    .argument("<symbols...>", "BASE/QUOTE, for example BTC/USDT")
    .requiredOption("--out <store>", "folder of the store; what it has is not fetched again")
    .requiredOption("--start <date>", "first day, UTC", date)
    .option("--end <date>", "last day, UTC (default: the last closed bar)", date)
    .option("--timeframes <timeframes...>", "bar lengths", ["1D"])
    .option("--venue <name>", "its name in ccxt", "binanceusdm")
    .option("--no-funding", "bars only")
    .option("--base-url <url>", "a venue on this machine (loopback only); also MCBOT_FETCH_BASE_URL")
    .option("--json", "print what was fetched as JSON")
    .addHelpText(
      "after",
      examples("mcbot data fetch BTC/USDT ETH/USDT --timeframes 1h 1D --start 2020-01-01 --out ./store"),
    )
    .action(async (symbols: string[], flags) => (await import("../commands/data-fetch.ts")).fetchData(symbols, flags));
  data
    .command("import")
    .description("bring CSV (plain, .gz, .zip; ours or a vendor's layout) and Parquet into the local store")
    .argument("<paths...>", "files, or folders that are searched for them")
    .requiredOption("--out <store>", "folder of the store; bars it has already stay, equal ones are no conflict")
    .option("--symbol <symbol>", "BASE/QUOTE, where a file's name does not say it")
    .option("--timeframe <timeframe>", "bar length, where a file's name does not say it")
    .option("--json", "print what was imported as JSON")
    .addHelpText("after", examples("mcbot data import ./csv BTCUSDT-1m-2024-01.zip --out ./store"))
    .action(async (paths: string[], flags) => (await import("../commands/data-store.ts")).importData(paths, flags));
  data
    .command("export")
    .description("write the bars of a store or CSV folder as Parquet, which other tools can open")
    .argument("<path>", "store, or folder of CSV")
    .requiredOption("--out <dir>", "folder to write")
    .option("--symbols <symbols...>", "BASE/QUOTE (default: all)")
    .option("--json", "print the list of files as JSON")
    .addHelpText("after", examples("mcbot data export ./store --out ./parquet --symbols BTC/USDT"))
    .action(async (path: string, flags) => (await import("../commands/data-store.ts")).exportData(path, flags));
  data
    .command("verify")
    .description(
      "read every bar and report coverage, gaps, jumps, duplicates and bad rows; exits 2 when a run would refuse them",
    )
    .argument("<path>", "store, or folder of CSV")
    .option("--symbols <symbols...>", "BASE/QUOTE (default: all)")
    .option("--timeframes <timeframes...>", "bar lengths (default: all)")
    .option("--jump <fraction>", "an open this far from the close before is a jump", positive, 0.2)
    .option("--strict", "gaps and jumps fail, too")
    .option("--json", "print the reports as JSON")
    .addHelpText("after", examples("mcbot data verify ./store --symbols BTC/USDT --timeframes 1m"))
    .action(async (path: string, flags) => (await import("../commands/data-store.ts")).verifyDataCommand(path, flags));
  data
    .command("info")
    .description("list what a store or CSV folder holds, without reading the bars")
    .argument("<path>", "store, or folder of CSV")
    .option("--json", "print the list as JSON")
    .addHelpText("after", examples("mcbot data info ./store"))
    .action(async (path: string, flags) => (await import("../commands/data-store.ts")).printDataInfo(path, flags));
}
