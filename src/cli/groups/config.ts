import type { Command } from "commander";
import { group } from "../arguments.ts";

export function addConfig(program: Command): void {
  const config = group(program, "config", "check and show configuration");
  config
    .command("validate")
    .description("check a file and list everything that is wrong with it")
    .argument("<config>", "orchestrator file, YAML")
    .option("--json", "print the outcome as JSON")
    .action(async (file: string, flags) => (await import("../commands/config.ts")).validateConfig(file, flags));
  config
    .command("show")
    .description("print a config with every default filled in")
    .argument("<config>", "orchestrator file, YAML")
    .option("--resolved", "say of every value where it came from")
    .option("--data <path>", "overrides data.path")
    .option("--json", 'print JSON; its "config" is the canonical text that is hashed')
    .action(async (file: string, flags) => (await import("../commands/config.ts")).printConfig(file, flags));
  config
    .command("schema")
    .description("print the JSON Schema of the file, for editors")
    .option("--single-strategy", "of the single-strategy file instead of the orchestrator file")
    .option("--json", "accepted for symmetry: a JSON Schema is JSON")
    .action(async (flags) => (await import("../commands/config.ts")).printSchema(flags));
}
