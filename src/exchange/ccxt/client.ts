import { AsyncLocalStorage } from "node:async_hooks";
import type { Exchange } from "ccxt";
import { assert } from "../../lib/assert.ts";
import { isLoopbackUrl } from "../../lib/loopback.ts";
import type { Credentials } from "../credentials.ts";
import type { ExchangeClock } from "../exchange-clock.ts";
import { VenueError } from "../port.ts";
import type { RateBudget } from "../rate-budget.ts";
import { type Redactor, redactor } from "../redact.ts";
import { CallError, type CallFailure, DeadlineError } from "./call-error.ts";
import type { Transport } from "./transport.ts";

export interface ClientOptions {
  /** Name in ccxt: binanceusdm, binance, … */
  readonly venue: string;
  /** Null: nothing can be signed. */
  readonly credentials: Credentials | null;
  /** A venue on this machine instead of the real one; loopback only. */
  readonly baseUrl: string | null;
  /** The venue's practice exchange, where ccxt knows one. */
  readonly demo?: boolean;
  readonly clock: ExchangeClock;
  readonly budget: RateBudget;
  /** Replies to URLs with this in them tell what the budget counts: Binance's exchanges count apart. */
  readonly countedPath: string;
  /** A call is given up after this, whatever state it is in. */
  readonly deadlineMs?: number;
  readonly recvWindowMs?: number;
  /** False turns ccxt's request throttle off: for simulated venues, which have no need of it. */
  readonly throttle?: boolean;
  /** Carries requests instead of sockets: a venue inside this process. */
  readonly transport?: Transport;
}

/** `order`: sends one; `resolving`: goes on where a budget allows orders only; `routine`: all the rest. */
export type CallKind = "order" | "resolving" | "routine";

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Call {
  readonly abort: AbortController;
  /** Timestamp to sign; null = the exchange's time when it is sent. */
  readonly signedAtMs: number | null;
  /** A request has left this process. */
  sent: boolean;
  reply: Reply | null;
}

/** What this file uses of ccxt that its types do not show (4.5.84). */
interface Hooks {
  undiciRequest(url: string, params: Record<string, unknown>): Promise<unknown>;
  undiciModule: { Agent: new (options: object) => Dispatcher } | undefined;
  fetchDispatcher: Dispatcher;
  fetchImplementation: unknown;
  loadFetchImplementation(): Promise<void>;
  getDispatcherOptions(plain: boolean): object;
  onRestResponse(...args: unknown[]): unknown;
  nonce(): number;
  milliseconds(): number;
}

interface Dispatcher {
  close(): Promise<void>;
  destroy(error?: Error): Promise<void>;
}

export const DEFAULT_RECV_WINDOW_MS = 5000;
const DEFAULT_DEADLINE_MS = 10_000;
/** ccxt's own limit ends with the headers of a reply; ours is the one that counts. */
const CCXT_TIMEOUT_MS = 600_000;
const UNSAFE_RETRY_BAN_MS = 120_000;

/**
 * One ccxt client and the only way to it. Every call has a deadline that ends the request itself, every reply is seen with its
 * status and headers, every error comes out as a CallError without secrets. What ccxt would do on its own is off: it sends
 * nothing twice, follows no redirect, and reaches no host but the venue's own or, with a base URL, loopback.
 */
export class CcxtClient {
  readonly clock: ExchangeClock;
  readonly budget: RateBudget;
  readonly recvWindowMs: number;
  readonly redact: Redactor;
  readonly #exchange: Exchange & Hooks;
  readonly #calls = new AsyncLocalStorage<Call>();
  readonly #deadlineMs: number;
  readonly #baseUrl: string | null;
  readonly #origins: ReadonlySet<string>;
  readonly #transport: Transport | null;
  readonly #countedPath: string;

  private constructor(exchange: Exchange & Hooks, options: ClientOptions) {
    this.#exchange = exchange;
    this.clock = options.clock;
    this.budget = options.budget;
    this.redact = redactor(options.credentials);
    this.recvWindowMs = options.recvWindowMs ?? DEFAULT_RECV_WINDOW_MS;
    this.#deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    this.#baseUrl = options.baseUrl === null ? null : new URL(options.baseUrl).origin;
    this.#transport = options.transport ?? null;
    this.#countedPath = options.countedPath;
    this.#origins = new Set(originsOf(exchange.urls.api, exchange.hostname));
  }

  /** Loads ccxt (half a second, 80 MB: only here). No request is made. @throws VenueError for an unknown venue or a base URL that is not loopback */
  static async open(options: ClientOptions): Promise<CcxtClient> {
    if (options.baseUrl !== null && !isLoopbackUrl(options.baseUrl)) {
      throw new VenueError(
        "refused",
        `base URL ${options.baseUrl}: only loopback is allowed, such as http://127.0.0.1:8080`,
      );
    }
    const { default: ccxt } = await import("ccxt");
    if (!(ccxt.exchanges as unknown as string[]).includes(options.venue)) {
      throw new VenueError("refused", `venue ${options.venue}: ccxt knows none of this name`);
    }
    const Venue = (ccxt as unknown as Record<string, new (settings: object) => Exchange & Hooks>)[options.venue];
    assert(Venue !== undefined, `ccxt lists ${options.venue} but does not export it`);
    const exchange = new Venue({
      ...keysOf(options.credentials),
      enableRateLimit: options.throttle ?? true,
      timeout: CCXT_TIMEOUT_MS,
      options: {
        // Else loading markets would call endpoints that need a key.
        fetchCurrencies: false,
        fetchMargins: false,
        recvWindow: options.recvWindowMs ?? DEFAULT_RECV_WINDOW_MS,
        maxRetriesOnFailure: 0,
        fetchOpenOrders: { warnWithoutSymbol: false },
      },
    });
    if (options.demo === true) exchange.enableDemoTrading(true);
    const client = new CcxtClient(exchange, options);
    await client.#hook();
    return client;
  }

  /** Runs a call that only reads: once more when its connection broke, as an idle one does when the server closes it. */
  async read<T>(request: (exchange: Exchange) => Promise<T>, kind: CallKind): Promise<T> {
    try {
      return await this.run(request, kind);
    } catch (error) {
      if (!(error instanceof CallError) || error.failure.cause !== "network") throw error;
      return await this.run(request, kind);
    }
  }

  /** Runs one call, with a deadline over all its requests. @throws CallError */
  async run<T>(
    request: (exchange: Exchange) => Promise<T>,
    kind: CallKind,
    signedAtMs: number | null = null,
  ): Promise<T> {
    this.#checkBudget(kind);
    const call: Call = { abort: new AbortController(), signedAtMs, sent: false, reply: null };
    const deadline = new Promise<never>((_, fail) => {
      call.abort.signal.addEventListener("abort", () => fail(call.abort.signal.reason), { once: true });
    });
    const timer = setTimeout(() => call.abort.abort(new DeadlineError(this.#deadlineMs)), this.#deadlineMs);
    try {
      assert(this.#exchange.options.maxRetriesOnFailure === 0, "ccxt must never send a request twice on its own");
      const work = this.#calls.run(call, () => request(this.#exchange));
      return await Promise.race([work, deadline]);
    } catch (error) {
      throw this.#failure(error, call);
    } finally {
      clearTimeout(timer);
      if (call.abort.signal.aborted) this.#replaceDispatcher();
    }
  }

  async close(): Promise<void> {
    await this.#exchange.fetchDispatcher.destroy();
  }

  /** Takes over the few undocumented places of ccxt through which every request, reply and timestamp goes. */
  async #hook(): Promise<void> {
    const exchange = this.#exchange;
    await exchange.loadFetchImplementation();
    assert(exchange.undiciModule !== undefined, "ccxt did not load undici: requests could not be guarded");
    // The one door: everything ccxt sends goes through undiciRequest, and the other way out is shut.
    exchange.fetchImplementation = () =>
      Promise.reject(new Error("this client sends through its guarded request only"));
    const send = exchange.undiciRequest.bind(exchange);
    exchange.undiciRequest = async (url, params) => {
      const call = this.#calls.getStore();
      assert(call !== undefined, "a request outside of a call");
      call.abort.signal.throwIfAborted();
      const target = this.#route(url);
      call.sent = true;
      const guarded = { ...params, signal: call.abort.signal };
      return this.#transport === null ? send(target, guarded) : this.#transport(target, guarded);
    };
    exchange.onRestResponse = (status, _text, url, _method, headers, body) => {
      const call = this.#calls.getStore();
      const reply = { status: Number(status), headers: headers as Reply["headers"], body: String(body) };
      if (call !== undefined) call.reply = reply;
      if (String(url).includes(this.#countedPath)) this.budget.observe(reply.headers, this.clock.now());
      return typeof body === "string" ? body.trim() : body;
    };
    exchange.milliseconds = () => this.clock.now();
    exchange.nonce = () => this.#calls.getStore()?.signedAtMs ?? this.clock.now();
  }

  /** Where a URL of ccxt's really goes. @throws Error for a host that is not the venue's */
  #route(url: string): string {
    const { origin, pathname, search } = new URL(url);
    if (!this.#origins.has(origin)) throw new Error(`${origin} is no host of this venue: refused`);
    return this.#baseUrl === null ? url : `${this.#baseUrl}${pathname}${search}`;
  }

  #checkBudget(kind: CallKind): void {
    const now = this.clock.now();
    const readyMs = kind === "order" ? this.budget.nextOrderMs(now) : this.budget.nextRequestMs(now);
    const isBlocked = kind === "resolving" ? this.budget.level(now) === "silent" : readyMs > now;
    if (!isBlocked) return;
    const retryAtMs = kind === "resolving" ? this.budget.silentUntilMs : readyMs;
    throw new CallError({
      cause: "unsent",
      status: null,
      code: null,
      type: "RateBudget",
      message: `not sent: the request budget is used up until ${new Date(retryAtMs).toISOString()}`,
      retryAtMs,
    });
  }

  #failure(error: unknown, call: Call): CallError {
    const { reply } = call;
    const { code, text } = errorBody(reply);
    const now = this.clock.now();
    const retryAtMs = reply === null ? null : this.#retryAt(reply, code, now);
    if (code === "-1021" || code === "-5028") this.clock.reset();
    const raw = error instanceof Error ? error.message : String(error);
    const failure: CallFailure = {
      cause: causeOf(call),
      status: reply?.status ?? null,
      code,
      type: error instanceof Error ? error.constructor.name : typeof error,
      message: this.redact(text ?? raw),
      retryAtMs,
    };
    return new CallError(failure);
  }

  /** Reads what a refusal for rate says of the time of silence, and keeps it. */
  #retryAt({ status, headers, body }: Reply, code: string | null, nowMs: number): number | null {
    const after = Object.entries(headers).find(([name]) => name.toLowerCase() === "retry-after")?.[1];
    const seconds = after === undefined ? Number.NaN : Number(after);
    if (code === "-1015" && Number.isNaN(seconds)) return this.budget.blockOrders(nowMs);
    if (status !== 429 && status !== 418) return null;
    const told = /until (\d{13})/.exec(body)?.[1];
    const fallback = status === 418 ? nowMs + UNSAFE_RETRY_BAN_MS : (Math.floor(nowMs / 60_000) + 1) * 60_000;
    const untilMs = Number.isNaN(seconds) ? (told === undefined ? fallback : Number(told)) : nowMs + seconds * 1000;
    this.budget.silence(untilMs);
    return untilMs;
  }

  /** After a deadline the idle connections are not to be trusted either; requests in flight end on the old dispatcher. */
  #replaceDispatcher(): void {
    const exchange = this.#exchange;
    const { Agent } = exchange.undiciModule as NonNullable<Hooks["undiciModule"]>;
    const old = exchange.fetchDispatcher;
    exchange.fetchDispatcher = new Agent(exchange.getDispatcherOptions(true));
    // It rejects when this client was closed meanwhile: then there is nothing left to end.
    old.close().catch(() => {});
  }
}

/** As ccxt names them: apiKey, secret, password. */
function keysOf(credentials: Credentials | null): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(credentials ?? {}).map(([name, secret]) => [name, secret.reveal()]));
}

/** An endpoint by ccxt's name of it, such as fapiPrivatePostOrder. */
export function endpoint(name: string, params: Readonly<Record<string, unknown>>) {
  return (exchange: Exchange): Promise<unknown> => {
    const method = (exchange as unknown as Record<string, unknown>)[name];
    assert(typeof method === "function", `ccxt has no ${name}`);
    return method.call(exchange, { ...params }) as Promise<unknown>;
  };
}

/** Of every URL in ccxt's nested list; some are templates with {hostname}. */
function originsOf(value: unknown, hostname: unknown): string[] {
  if (typeof value === "string") {
    const url = value.replaceAll("{hostname}", String(hostname));
    return URL.canParse(url) ? [new URL(url).origin] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((nested) => originsOf(nested, hostname));
}

function causeOf({ abort, sent, reply }: Call): CallFailure["cause"] {
  if (!sent) return "unsent";
  if (abort.signal.aborted) return "deadline";
  return reply === null ? "network" : "reply";
}

/** Code and text of an error reply in Binance's form; nulls for anything else. */
function errorBody(reply: Reply | null): { code: string | null; text: string | null } {
  if (reply === null) return { code: null, text: null };
  const { code, msg } = parseObject(reply.body);
  const known = typeof code === "number" || typeof code === "string";
  return { code: known ? String(code) : null, text: typeof msg === "string" ? msg : null };
}

function parseObject(text: string): { readonly code?: unknown; readonly msg?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}
