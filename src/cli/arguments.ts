import { type Command, InvalidArgumentError } from "commander";

/** A command that only holds others: without one of them it prints its help and fails as wrong usage. */
export function group(program: Command, name: string, description: string, ...lines: string[]): Command {
  return program
    .command(name)
    .description(description)
    .exitOverride()
    .addHelpText("after", examples(...lines));
}

export function examples(...lines: string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;
}

export function collect(value: string, all: readonly string[]): string[] {
  return [...all, value];
}

export function date(value: string): string {
  const ms = Date.parse(`${value}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(value) || Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(value)) {
    throw new InvalidArgumentError('Expected a date such as "2024-01-31".');
  }
  return value;
}

export function positive(value: string): number {
  const number = nonNegative(value);
  if (number === 0) throw new InvalidArgumentError("Expected a number above 0.");
  return number;
}

export function nonNegative(value: string): number {
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number) || number < 0)
    throw new InvalidArgumentError("Expected a number, 0 or more.");
  return number;
}

export function whole(value: string): number {
  if (!/^\d{1,10}$/.test(value)) throw new InvalidArgumentError("Expected a whole number, 0 or more.");
  return Number(value);
}

/** For options that can be repeated. */
export function collectPositive(value: string, all: readonly number[]): number[] {
  return [...all, positive(value)];
}
