/** What ccxt asks its HTTP client for. */
export interface TransportRequest {
  readonly method?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/** The part of a reply that ccxt reads. */
export interface TransportReply {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  text(): Promise<string>;
  arrayBuffer(): Promise<Buffer>;
}

/** Carries a request to a venue. Rejects where a socket would break, never settles where it would hang. */
export type Transport = (url: string, request: TransportRequest & Record<string, unknown>) => Promise<TransportReply>;
