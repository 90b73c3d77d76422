import type { WebSocket } from "ws";

/** One connection and what it listens to. */
interface Subscriber {
  readonly socket: WebSocket;
  /** Of the user stream: events of the account go here. */
  readonly isUser: boolean;
  readonly topics: Set<string>;
  /** A message that was held back to come after the next one. */
  held: string | null;
}

/** Everybody who listens: topics of market data ("btcusdt@kline_1m") and the account's user stream. */
export class Streams {
  /** How messages suffer; set by faults. */
  readonly quirks = {
    /** Connected but silent: nothing is sent, and what would have been is lost. */
    stalled: false,
    drops: false,
    doubles: false,
    reorders: false,
  };
  readonly #subscribers = new Set<Subscriber>();

  add(socket: WebSocket, isUser: boolean, topics: readonly string[]): void {
    const subscriber: Subscriber = { socket, isUser, topics: new Set(topics), held: null };
    this.#subscribers.add(subscriber);
    socket.on("close", () => this.#subscribers.delete(subscriber));
    socket.on("message", (data) => this.#onMessage(subscriber, String(data)));
  }

  /** Topics that somebody listens to. */
  topics(): string[] {
    return [...new Set([...this.#subscribers].flatMap(({ topics }) => [...topics]))].sort();
  }

  send(topic: string, event: object): void {
    this.#sendTo(({ topics }) => topics.has(topic), event);
  }

  sendUser(event: object): void {
    this.#sendTo(({ isUser }) => isUser, event);
  }

  closeAll(code: number): void {
    for (const { socket } of this.#subscribers) {
      // 1006 means that no close frame was sent.
      if (code === 1006) socket.terminate();
      else socket.close(code);
    }
  }

  #sendTo(hears: (subscriber: Subscriber) => boolean, event: object): void {
    const { stalled, drops, doubles, reorders } = this.quirks;
    if (stalled || drops) return;
    const text = JSON.stringify(event);
    for (const subscriber of this.#subscribers) {
      if (!hears(subscriber)) continue;
      if (reorders && subscriber.held === null) {
        subscriber.held = text;
        continue;
      }
      const late = subscriber.held === null ? [] : [subscriber.held];
      subscriber.held = null;
      for (const message of [text, ...late, ...(doubles ? [text] : [])]) subscriber.socket.send(message);
    }
  }

  #onMessage({ socket, topics }: Subscriber, text: string): void {
    const request = parseRequest(text);
    if (request === null) {
      socket.send(JSON.stringify({ error: { code: 2, msg: "Invalid request: malformed JSON" } }));
      return;
    }
    for (const topic of request.params) {
      if (request.method === "SUBSCRIBE") topics.add(topic);
      else topics.delete(topic);
    }
    socket.send(JSON.stringify({ result: null, id: request.id }));
  }
}

function parseRequest(text: string): { method: string; params: string[]; id: unknown } | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof value !== "object" || value === null) return null;
  const { method, params, id } = value as Record<string, unknown>;
  const isKnown = method === "SUBSCRIBE" || method === "UNSUBSCRIBE";
  if (!isKnown || !Array.isArray(params) || !params.every((param) => typeof param === "string")) return null;
  return { method, params, id };
}
