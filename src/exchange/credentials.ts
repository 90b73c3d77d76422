import { readFileSync, statSync } from "node:fs";
import { inspect } from "node:util";

const HIDDEN = "***";

/** Text that shows itself only to `reveal`: printed, logged, inspected or serialised it is "***". */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

export interface Credentials {
  readonly apiKey: Secret;
  readonly secret: Secret;
  /** The third part that some venues want of a key. */
  readonly password?: Secret;
}

/** Why no credentials could be loaded, one sentence per problem; never with a value. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** Environment variables of key and secret; each may be given as NAME_FILE, a file that only its owner can read. */
export const KEY_VARIABLE = "MCBOT_API_KEY";
export const SECRET_VARIABLE = "MCBOT_API_SECRET";
/** Only where the venue wants one. */
export const PASSWORD_VARIABLE = "MCBOT_API_PASSWORD";

/**
 * Key and secret from the environment or from files, from nowhere else.
 *
 * @throws CredentialsError for what is missing, given twice, empty, readable by others, or also on the command line
 */
export function loadCredentials(
  env: Readonly<Record<string, string | undefined>>,
  argv: readonly string[] = process.argv,
): Credentials {
  const problems: string[] = [];
  const read = (name: string): string => {
    const problem = (text: string): string => {
      problems.push(text);
      return "";
    };
    const value = env[name];
    const file = env[`${name}_FILE`];
    if (value !== undefined && file !== undefined) return problem(`${name} and ${name}_FILE are both set: keep one`);
    if (value === undefined && file === undefined)
      return problem(`set ${name}, or ${name}_FILE to a file of mode 0600`);
    const text = value ?? readOwnFile(file as string, `${name}_FILE`, problem);
    if (problems.length === 0 && text.trim() === "")
      return problem(`${value === undefined ? `${name}_FILE` : name} is empty`);
    return text.trim();
  };
  const apiKey = read(KEY_VARIABLE);
  const secret = read(SECRET_VARIABLE);
  const wantsPassword = env[PASSWORD_VARIABLE] !== undefined || env[`${PASSWORD_VARIABLE}_FILE`] !== undefined;
  const password = wantsPassword ? read(PASSWORD_VARIABLE) : "";
  for (const [name, value] of [
    [KEY_VARIABLE, apiKey],
    [SECRET_VARIABLE, secret],
    [PASSWORD_VARIABLE, password],
  ] as const) {
    if (value !== "" && argv.some((argument) => argument.includes(value))) {
      problems.push(`the value of ${name} is on the command line, where every user of this machine can read it`);
    }
  }
  if (problems.length > 0) throw new CredentialsError(problems);
  const pair = { apiKey: new Secret(apiKey), secret: new Secret(secret) };
  return wantsPassword ? { ...pair, password: new Secret(password) } : pair;
}

function readOwnFile(path: string, name: string, problem: (text: string) => string): string {
  try {
    const { mode } = statSync(path);
    if ((mode & 0o077) !== 0) {
      return problem(`${name} ${path} can be read by others (mode ${(mode & 0o777).toString(8)}): chmod 600 it`);
    }
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return problem(`${name} ${path} cannot be read (${code})`);
  }
}
