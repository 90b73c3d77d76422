import type { Argument, Command, Option } from "commander";
import { strategyNames } from "../../strategies/registry.ts";

/** What the shell offers where a value is typed; `words` beside files where both are possible. */
export interface ValueHint {
  readonly words: readonly string[];
  readonly files: "none" | "any" | "folders" | "yaml";
}

export interface OptionNode {
  /** "--data", and "-h" where there is one. */
  readonly names: readonly string[];
  readonly description: string;
  /** Null for a switch. */
  readonly value: ValueHint | null;
  /** Takes every word up to the next option. */
  readonly variadic: boolean;
}

export interface ArgumentNode {
  readonly name: string;
  readonly value: ValueHint;
  readonly variadic: boolean;
}

/** The command line as data, for completion scripts. */
export interface CommandNode {
  /** "orchestrate backtest"; empty for the program itself. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly commands: readonly CommandNode[];
  readonly options: readonly OptionNode[];
  readonly arguments: readonly ArgumentNode[];
}

const TIMEFRAMES = ["1m", "5m", "15m", "30m", "1h", "4h", "12h", "1D"];
const SYMBOLS = ["BTC/USDT", "ETH/USDT", "SOL/USDT", "BNB/USDT", "AVAX/USDT"];

/** By the names that arguments and option values have in the help. */
const HINTS: Readonly<Record<string, ValueHint>> = {
  dir: { words: [], files: "folders" },
  run: { words: [], files: "folders" },
  other: { words: [], files: "folders" },
  store: { words: [], files: "folders" },
  path: { words: [], files: "any" },
  paths: { words: [], files: "any" },
  file: { words: [], files: "any" },
  ticket: { words: [], files: "any" },
  config: { words: [], files: "yaml" },
  session: { words: [], files: "yaml" },
  timeframe: { words: TIMEFRAMES, files: "none" },
  timeframes: { words: TIMEFRAMES, files: "none" },
  symbol: { words: SYMBOLS, files: "none" },
  symbols: { words: SYMBOLS, files: "none" },
  strategy: { words: strategyNames, files: "any" },
};
const NOTHING: ValueHint = { words: [], files: "none" };

/** Reads a commander program. */
export function commandTree(command: Command, above = ""): CommandNode {
  const isRoot = command.parent === null;
  const path = isRoot ? "" : `${above} ${command.name()}`.trim();
  const help = command.createHelp();
  return {
    path,
    name: command.name(),
    description: command.description(),
    commands: command.commands.map((child) => commandTree(child, path)),
    options: help.visibleOptions(command).map(optionOf),
    arguments: command.registeredArguments.map(argumentOf),
  };
}

function optionOf({ short, long, flags, description, argChoices, variadic, required, optional }: Option): OptionNode {
  return {
    names: [short, long].filter((name) => name !== undefined),
    description,
    value: required || optional ? hintOf(/[<[]([^>\].]+)/.exec(flags)?.[1] ?? "", argChoices) : null,
    variadic,
  };
}

function argumentOf(argument: Argument): ArgumentNode {
  return { name: argument.name(), value: hintOf(argument.name(), argument.argChoices), variadic: argument.variadic };
}

function hintOf(name: string, choices: readonly string[] | undefined): ValueHint {
  return choices === undefined ? (HINTS[name] ?? NOTHING) : { words: choices, files: "none" };
}

/** A node and everything below it. */
export function allNodes(node: CommandNode): CommandNode[] {
  return [node, ...node.commands.flatMap(allNodes)];
}
