import type { Command } from "commander";
import { collect, examples, positive } from "../arguments.ts";

/** record, replay, verify. */
export function addRecording(program: Command): void {
  program
    .command("record")
    .description("write a recording: a folder with market.ndjson, one event per line, and a manifest")
    .argument("[config]", "orchestrator file, YAML: its bars are recorded; optional with --from")
    .option("--from <file>", "a top-of-book file (NDJSON, also .gz) instead of bars, repeatable", collect, [])
    .option("--bar <timeframe>", "with --from: length of the bars made from the mid", "10s")
    .option("--data <path>", 'folder of bars, or "synthetic"; overrides data.path')
    .option("--out <dir>", "where recordings go", "recordings")
    .option("--json", "print what was recorded as JSON")
    .addHelpText(
      "after",
      examples(
        "mcbot record config/orchestrator-example.yaml",
        "mcbot record --from BTC-USDT-bookticker.ndjson.gz --bar 10s",
      ),
    )
    .action(async (file: string | undefined, flags) => (await import("../commands/record.ts")).record(file, flags));
  program
    .command("replay")
    .description("run the engine on a recording, slice by slice, and write decisions.ndjson")
    .argument("<run>", "folder of the recording")
    .option("--config <file>", "another config than the one that was recorded; writes decisions-<hash>.ndjson")
    .option("--out <file>", "where decisions go (default: decisions.ndjson in the recording)")
    .option("--speed <n>", "a session at n times real time that obeys mcbot control and is recorded itself", positive)
    .option("--state-dir <dir>", "with --speed: folder of the control state; overrides execution.state_dir")
    .option("--sessions <dir>", "with --speed: where the recording of the session goes", "recordings")
    .option("--json", "print the report as JSON")
    .addHelpText("after", examples("mcbot replay recordings/20260214T153000Z-recording"))
    .action(async (run: string, flags) => (await import("../commands/replay.ts")).replayCommand(run, flags));
  program
    .command("verify")
    .description("decide again what a recording, or a paper or live journal, holds; exit 12 when a decision differs")
    .argument("<run>", "folder of the recording, or paper or live of a state folder")
    .option("--config <file>", "the config of a recording that has none")
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", examples("mcbot verify recordings/20260214T153000Z-recording"))
    .action(async (run: string, flags) => (await import("../commands/verify.ts")).verifyCommand(run, flags));
}
