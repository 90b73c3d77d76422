import { deliver, textOf } from "./delivery.ts";
import type { Venue } from "./venue.ts";

/** The part of an HTTP reply that clients read. */
export interface InProcessReply {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  text(): Promise<string>;
  arrayBuffer(): Promise<Buffer>;
}

export interface InProcessRequest {
  readonly method?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
  /** Ends a request that hangs. */
  readonly signal?: AbortSignal;
}

/** Requests to a venue in this process, without sockets: thousands of orders a second, the same faults. */
export function inProcessTransport(venue: Venue): (url: string, request: InProcessRequest) => Promise<InProcessReply> {
  return async (url, { method, headers, body, signal }) => {
    const { pathname, search } = new URL(url);
    const entries = Object.entries((headers ?? {}) as Record<string, string>);
    const apiKey = entries.find(([name]) => name.toLowerCase() === "x-mbx-apikey")?.[1];
    const delivery = await deliver(venue, {
      method: String(method ?? "GET"),
      path: pathname,
      query: search.slice(1),
      body: typeof body === "string" ? body : "",
      apiKey,
    });
    if (delivery.kind === "broken") throw brokenSocket();
    if (delivery.kind === "silence") return hang(signal);
    const text = textOf(delivery.answer);
    const read = async (): Promise<string> => {
      if (delivery.kind === "whole") return text;
      if (delivery.breaks) throw brokenSocket();
      return hang(signal);
    };
    return {
      status: delivery.answer.status,
      statusText: "",
      headers: Object.fromEntries(
        Object.entries(delivery.answer.headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      text: read,
      arrayBuffer: async () => Buffer.from(await read()),
    };
  };
}

function brokenSocket(): Error {
  return Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });
}

function hang(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, fail) => {
    signal?.addEventListener("abort", () => fail(signal.reason), { once: true });
  });
}
