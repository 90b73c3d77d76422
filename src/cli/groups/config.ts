import type { Command } from "commander";
import { examples, group } from "../arguments.ts";

export function addConfig(program: Command): void {
  const config = group(program, "config", "check and show configuration", "mcbot config validate portfolio.yaml");
  config
    .command("validate")
    .description("check a file and list everything that is wrong with it")
    .argument("<config>", "orchestrator file, YAML")
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", examples("mcbot config validate config/seven-pods.yaml"))
    .action(async (file: string, flags) => (await import("../commands/config.ts")).validateConfig(file, flags));
  config
    .command("show")
    .description("print a config with every default filled in")
    .argument("<config>", "orchestrator file, YAML")
    .option("--resolved", "say of every value where it came from")
    .option("--data <path>", "overrides data.path")
    .option("--json", 'print JSON; its "config" is the canonical text that is hashed')
    .addHelpText("after", examples("mcbot config show config/seven-pods.yaml --resolved"))
    .action(async (file: string, flags) => (await import("../commands/config.ts")).printConfig(file, flags));
  config
    .command("schema")
    .description("print the JSON Schema of the file, for editors")
    .option("--single-strategy", "of the single-strategy file instead of the orchestrator file")
    .option("--json", "accepted for symmetry: a JSON Schema is JSON")
    .addHelpText(
      "after",
      `${examples("mcbot config schema > mcbot.schema.json")}

Editors read it where a config begins with this line (mcbot init writes both):
  # yaml-language-server: $schema=./mcbot.schema.json`,
    )
    .action(async (flags) => (await import("../commands/config.ts")).printSchema(flags));
}
