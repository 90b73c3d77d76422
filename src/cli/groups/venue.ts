import type { Command } from "commander";
import { examples, positive, whole } from "../arguments.ts";

export function addVenue(program: Command): void {
  program
    .command("venue")
    .description("serve a simulated Binance (USD-M futures and spot) on loopback, for trying out clients and trading")
    .option("--data <path>", 'folder of bars, store, or "synthetic" (the default)')
    .option("--recording <folder>", "the market that mcbot record wrote there")
    .option("--symbols <symbols...>", "BASE/QUOTE (default: BTC/USDT ETH/USDT)")
    .option("--timeframe <timeframe>", "bars that prices follow", "1m")
    .option("--at <time>", "what time it is there at first, ISO 8601 (default: 2024, or the start of the recording)")
    .option("--speed <factor>", "how fast its clock runs", positive, 1)
    .option("--virtual", "its clock stands until POST /venue/clock moves it")
    .option("--port <port>", "0 takes a free one", whole, 0)
    .option("--wallet <amount>", "of both accounts, in the quote currency", positive, 100_000)
    .option("--one-way", "one-way instead of hedge mode")
    .option("--faults <file>", "fault script, JSON (docs/VENUE.md)")
    .option("--seed <seed>", "of the synthetic market and of faults with a chance", whole, 1)
    .option("--json", "print the address as JSON")
    .addHelpText("after", examples("mcbot venue --symbols BTC/USDT --timeframe 1h --speed 3600 --port 8899"))
    .action(async (flags) => (await import("../commands/venue.ts")).runVenue(flags));
}
