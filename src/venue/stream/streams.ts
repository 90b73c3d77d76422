import type { WebSocket } from "ws";

export interface Listening {
  /** Of the user stream: events of the account go here. */
  readonly isUser: boolean;
  readonly topics: readonly string[];
  /** Messages are wrapped with the name of their stream. */
  readonly combined: boolean;
}

/** One connection and what it listens to. */
interface Subscriber {
  readonly socket: WebSocket;
  readonly isUser: boolean;
  readonly topics: Set<string>;
  readonly combined: boolean;
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

  add(socket: WebSocket, { isUser, topics, combined }: Listening): void {
    const subscriber: Subscriber = { socket, isUser, topics: new Set(topics), combined, held: null };
    this.#subscribers.add(subscriber);
    socket.on("close", () => this.#subscribers.delete(subscriber));
    socket.on("message", (data) => this.#onMessage(subscriber, String(data)));
  }

  /** Topics that somebody listens to. */
  topics(): string[] {
    return [...new Set([...this.#subscribers].flatMap(({ topics }) => [...topics]))].sort();
  }

  /** True while somebody listens to the account. */
  hasUser(): boolean {
    return [...this.#subscribers].some(({ isUser }) => isUser);
  }

  send(topic: string, event: object): void {
    this.#sendTo(({ topics }) => topics.has(topic), topic, event);
  }

  sendUser(event: object): void {
    this.#sendTo(({ isUser }) => isUser, "user", event);
  }

  closeAll(code: number): void {
    for (const subscriber of this.#subscribers) {
      const { socket } = subscriber;
      this.#subscribers.delete(subscriber);
      // 1006 means that no close frame was sent.
      if (code === 1006) socket.terminate();
      else socket.close(code);
    }
  }

  #sendTo(hears: (subscriber: Subscriber) => boolean, stream: string, event: object): void {
    const { stalled, drops, doubles, reorders } = this.quirks;
    if (stalled || drops) return;
    for (const subscriber of this.#subscribers) {
      if (!hears(subscriber)) continue;
      const text = JSON.stringify(subscriber.combined ? { stream, data: event } : event);
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
