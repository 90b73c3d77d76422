import { createHmac, timingSafeEqual } from "node:crypto";
import { refuse } from "../venue-error.ts";

const DEFAULT_RECV_WINDOW_MS = 5000;
const MAX_RECV_WINDOW_MS = 60_000;
const MAX_AHEAD_MS = 1000;

/** The account's key; a trial one, never a real exchange's. */
export interface Credentials {
  readonly apiKey: string;
  readonly secret: string;
}

/** The parts of a request that its signature covers. */
export interface SignedRequest {
  readonly apiKey: string | undefined;
  /** Query string and body as they were sent, joined. */
  readonly payload: string;
  readonly parameters: URLSearchParams;
}

export function checkKey(apiKey: string | undefined, credentials: Credentials, revoked: boolean): void {
  if (apiKey === undefined || apiKey === "") throw refuse.badKeyFormat();
  if (revoked || apiKey !== credentials.apiKey) throw refuse.badKey();
}

/**
 * HMAC-SHA256 over everything sent but the signature itself, which is the last parameter.
 *
 * @throws VenueError −1102, −1021 or −1022, in the order in which Binance looks
 */
export function checkSignature(request: SignedRequest, credentials: Credentials, nowMs: number): void {
  const { parameters, payload } = request;
  const timestamp = parameters.get("timestamp");
  const signature = parameters.get("signature");
  if (timestamp === null || !/^\d{10,16}$/.test(timestamp)) throw refuse.missing("timestamp");
  if (signature === null || signature === "") throw refuse.missing("signature");
  const window = parameters.get("recvWindow");
  const recvWindow = window === null ? DEFAULT_RECV_WINDOW_MS : Number(window);
  if (!(recvWindow > 0 && recvWindow <= MAX_RECV_WINDOW_MS)) throw refuse.badParameter("recvWindow");
  checkTimestamp(Number(timestamp), recvWindow, nowMs);
  const signed = payload.replace(/&?signature=[^&]*/, "");
  const expected = createHmac("sha256", credentials.secret).update(signed).digest();
  const actual = Buffer.from(signature, "hex");
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) throw refuse.badSignature();
}

/** Checked when a request arrives and again before it reaches the matching engine. */
export function checkTimestamp(timestamp: number, recvWindow: number, nowMs: number): void {
  if (timestamp >= nowMs + MAX_AHEAD_MS) throw refuse.timestampAhead();
  if (nowMs - timestamp > recvWindow) throw refuse.timestampBehind();
}
