// Goal: keys come from the environment or from files that only their owner can read, and are shown by nothing.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { CredentialsError, loadCredentials, Secret } from "../../src/exchange/credentials.ts";
import { redactor } from "../../src/exchange/redact.ts";

const folder = mkdtempSync(join(tmpdir(), "mcbot-credentials-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string, mode: number): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function problems(env: Record<string, string>, argv: string[] = []): string {
  try {
    loadCredentials(env, argv);
    return "none";
  } catch (error) {
    expect(error).toBeInstanceOf(CredentialsError);
    return (error as Error).message;
  }
}

describe("credentials", () => {
  it("come from the environment or from files, without the newline at their end", () => {
    const path = file("secret", "the-secret\n", 0o600);
    const { apiKey, secret } = loadCredentials({ MCBOT_API_KEY: "the-key", MCBOT_API_SECRET_FILE: path }, []);
    expect([apiKey.reveal(), secret.reveal()]).toEqual(["the-key", "the-secret"]);
    const readOnly = file("read-only", "other", 0o400);
    expect(loadCredentials({ MCBOT_API_KEY_FILE: readOnly, MCBOT_API_SECRET: "s" }, []).apiKey.reveal()).toBe("other");
  });

  it("have a password where one is given", () => {
    const env = { MCBOT_API_KEY: "k1", MCBOT_API_SECRET: "s1" };
    expect(loadCredentials(env, []).password).toBeUndefined();
    expect(loadCredentials({ ...env, MCBOT_API_PASSWORD: "p1" }, []).password?.reveal()).toBe("p1");
    expect(problems({ ...env, MCBOT_API_PASSWORD_FILE: join(folder, "no") })).toContain("MCBOT_API_PASSWORD_FILE");
  });

  it("name everything that is missing at once", () => {
    expect(problems({})).toMatch(/set MCBOT_API_KEY.*\n.*set MCBOT_API_SECRET/);
  });

  it.each([
    ["read by others", 0o644, "mode 644"],
    ["read by the group", 0o640, "mode 640"],
  ])("refuse a file that can be %s", (name, mode, text) => {
    const path = file(name, "secret-text", mode);
    const message = problems({ MCBOT_API_KEY: "k", MCBOT_API_SECRET_FILE: path });
    expect(message).toContain(text);
    expect(message).not.toContain("secret-text");
  });

  it("refuse a file that is not there, an empty one, both ways at once, and a value on the command line", () => {
    expect(problems({ MCBOT_API_KEY: "k", MCBOT_API_SECRET_FILE: join(folder, "no") })).toContain("ENOENT");
    expect(problems({ MCBOT_API_KEY: "k", MCBOT_API_SECRET_FILE: file("empty", "\n", 0o600) })).toContain("is empty");
    expect(problems({ MCBOT_API_KEY: " ", MCBOT_API_SECRET: "s" })).toContain("MCBOT_API_KEY is empty");
    expect(problems({ MCBOT_API_KEY: "k", MCBOT_API_KEY_FILE: "f", MCBOT_API_SECRET: "s" })).toContain("both set");
    const message = problems({ MCBOT_API_KEY: "kk", MCBOT_API_SECRET: "deep-secret" }, ["--note=deep-secret"]);
    expect(message).toContain("command line");
    expect(message).not.toContain("deep-secret");
  });

  it("are shown by nothing", () => {
    const secret = new Secret("deep-secret");
    const shown = [String(secret), JSON.stringify({ secret }), inspect({ secret }, { showHidden: true }), `${secret}`];
    for (const text of shown) {
      expect(text).toContain("***");
      expect(text).not.toContain("deep-secret");
    }
  });
});

describe("redaction", () => {
  const redact = redactor({ apiKey: new Secret("KEY123"), secret: new Secret("SECRET456") });

  it.each([
    ["binanceusdm GET https://fapi.binance.com/fapi/v1/order?a=1&signature=abc failed", "/fapi/v1/order failed"],
    ["the key KEY123 and SECRET456", "the key *** and ***"],
    ["body timestamp=1&signature=0fa3", "signature=***"],
    ['{"X-MBX-APIKEY": "other"}', '"X-MBX-APIKEY": "***"'],
    ["two\nlines", "two lines"],
  ])("%s", (text, expected) => {
    const clean = redact(text);
    expect(clean).toContain(expected);
    expect(clean).not.toMatch(/KEY123|SECRET456|0fa3|abc/);
  });

  it("shortens what is long, and works without credentials", () => {
    expect(redact("x".repeat(1000))).toHaveLength(300);
    expect(redactor(null)("listenKey=abc")).toBe("listenKey=***");
  });
});
