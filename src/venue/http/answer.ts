import type { RequestFault } from "../faults/script.ts";
import type { Venue } from "../venue.ts";
import { refuse, VenueError } from "../venue-error.ts";
import { checkKey, checkSignature } from "./authentication.ts";
import type { Endpoint } from "./endpoint.ts";
import { futuresAccountEndpoints } from "./futures-account.ts";
import { futuresMarket } from "./futures-market.ts";
import { futuresTrading } from "./futures-trade.ts";
import { Parameters } from "./parameters.ts";
import { spotEndpoints } from "./spot-endpoints.ts";
import { walletEndpoints } from "./wallet-endpoints.ts";

const endpoints = new Map<string, Endpoint>(
  [...futuresMarket, ...futuresTrading, ...futuresAccountEndpoints, ...spotEndpoints, ...walletEndpoints].map(
    (endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint],
  ),
);

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** Without "?". */
  readonly query: string;
  /** Form body, "" when there is none. */
  readonly body: string;
  readonly apiKey: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The parameters of query and body; a body that is no form gives none. */
export function parametersOf({ query, body }: WireRequest): URLSearchParams {
  return new URLSearchParams([query, body].filter((part) => part !== "").join("&"));
}

/** Answers a request as the exchange would: limits, key, signature, parameters, rules, in this order. */
export function answer(venue: Venue, request: WireRequest): Answer {
  const limits = request.path.startsWith("/api/") ? venue.spotLimits : venue.futuresLimits;
  try {
    const endpoint = endpoints.get(`${request.method} ${request.path}`);
    if (endpoint === undefined) throw refuse.unknownEndpoint();
    limits.take(endpoint.weight, endpoint.isOrder === true, venue.futures.nowMs);
    if (venue.inMaintenance && endpoint.path !== "/sapi/v1/system/status") throw refuse.maintenance();
    if (endpoint.security !== "NONE") checkKey(request.apiKey, venue.credentials, venue.keyRevoked);
    const raw = parametersOf(request);
    if (endpoint.security === "SIGNED") {
      const payload = request.query + request.body;
      checkSignature({ apiKey: request.apiKey, payload, parameters: raw }, venue.credentials, venue.serverTime());
    }
    const body = endpoint.handle(venue, new Parameters(raw, endpoint.parameters));
    return { status: 200, headers: limits.headers(), body };
  } catch (error) {
    if (!(error instanceof VenueError)) throw error;
    return {
      status: error.status,
      headers: { ...limits.headers(), ...error.headers },
      body: { code: error.code, msg: error.message },
    };
  }
}

/** Sets or deletes fields of an answer by path ("0.price"), as a `mutate` fault says. */
export function mutate(body: unknown, { set }: Extract<RequestFault, { do: "mutate" }>): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(body));
  for (const [path, value] of Object.entries(set)) {
    const keys = path.split(".");
    const last = keys.pop() as string;
    let target: unknown = copy;
    for (const key of keys) target = (target as Record<string, unknown> | undefined)?.[key];
    if (typeof target !== "object" || target === null) continue;
    if (value === null) delete (target as Record<string, unknown>)[last];
    else (target as Record<string, unknown>)[last] = value;
  }
  return copy;
}
