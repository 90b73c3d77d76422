import type { Credentials, Secret } from "./credentials.ts";

const MAX_LENGTH = 300;

/** Makes a text that came from outside fit for logs and journals: one line, short, without anything secret. */
export type Redactor = (text: string) => string;

/** Hides the values of the credentials, whatever follows "?" in a URL (a signature is part of it), and key headers. */
export function redactor(credentials: Credentials | null): Redactor {
  const values = Object.values(credentials ?? {}).map((secret: Secret) => secret.reveal());
  return (text) => {
    let clean = text;
    for (const value of values) clean = clean.replaceAll(value, "***");
    return clean
      .replace(/(https?:\/\/[^\s?"']+)\?[^\s"']*/g, "$1")
      .replace(/\b(signature|listenKey|x-mbx-apikey|apiKey|secret)(["']?\s*[=:]\s*["']?)[^\s&"',}]+/gi, "$1$2***")
      .replace(/\s+/g, " ")
      .slice(0, MAX_LENGTH);
  };
}
