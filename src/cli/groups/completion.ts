import { Argument, type Command } from "commander";
import { examples } from "../arguments.ts";

export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("print a script that completes commands, options and values in a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]))
    .option("--json", "print the script as JSON")
    .addHelpText(
      "after",
      examples(
        "mcbot completion bash >> ~/.bash_completion",
        "mcbot completion zsh > ~/.zsh/completions/_mcbot   # a folder of $fpath",
        "mcbot completion fish > ~/.config/fish/completions/mcbot.fish",
      ),
    )
    .action(async (shell, flags) => (await import("../commands/completion.ts")).completion(shell, flags, program));
}
