import type { Command } from "commander";
import { examples, positive, whole } from "../arguments.ts";

export function addVenue(program: Command): void {
  program
    .command("venue")
    .description("serve a simulated Binance (USD-M futures and spot) on loopback, for trying out clients and trading")
    .option("--data <path>", 'folder of bars, store, or "synthetic"', "synthetic")
    .option("--symbols <symbols...>", "BASE/QUOTE", ["BTC/USDT", "ETH/USDT"])
    .option("--timeframe <timeframe>", "bars that prices follow", "1m")
    .option("--at <time>", "what time it is there at first, ISO 8601", "2024-01-01T00:00:00Z")
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
