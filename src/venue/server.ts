import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";
import { assert } from "../lib/assert.ts";
import { VirtualClock } from "./clock.ts";
import type { RequestFault } from "./faults/script.ts";
import { parseFaultScript } from "./faults/script.ts";
import { type Answer, answer, mutate, parametersOf, type WireRequest } from "./http/answer.ts";
import type { Venue } from "./venue.ts";

const LOOPBACK = "127.0.0.1";
/** A form of an order has a few hundred bytes. */
const MAX_BODY_BYTES = 65_536;

export interface RunningVenue {
  /** "http://127.0.0.1:PORT". */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Observes every request before it is answered: an oracle's place to look at the client's journal. */
export type RequestWitness = (request: WireRequest) => void;

/** Serves a venue over HTTP and WebSocket, on loopback only. Port 0 takes a free one. */
export async function serveVenue(venue: Venue, port = 0, witness: RequestWitness = () => {}): Promise<RunningVenue> {
  const server = createServer((request, response) => {
    void handle(venue, request, response, witness).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket, request) => {
    const url = new URL(request.url ?? "/", `http://${LOOPBACK}`);
    const topics = url.pathname.split("/").at(-1)?.includes("@") ? [url.pathname.split("/").at(-1) as string] : [];
    const listenKey = url.searchParams.get("listenKey");
    venue.sync();
    if (listenKey !== null && listenKey !== venue.listenKeys.current) socket.close(1008, "invalid listenKey");
    else venue.streams.add(socket, listenKey !== null, topics);
  });
  await listen(server, port);
  const actual = (server.address() as AddressInfo).port;
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  return {
    url: `http://${LOOPBACK}:${actual}`,
    port: actual,
    close: () =>
      new Promise((resolve) => {
        sockets.close();
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function handle(
  venue: Venue,
  incoming: IncomingMessage,
  response: ServerResponse,
  witness: RequestWitness,
): Promise<void> {
  const body = await readBody(incoming);
  const url = new URL(incoming.url ?? "/", `http://${LOOPBACK}`);
  if (url.pathname.startsWith("/venue/")) {
    sendJson(response, control(venue, incoming.method ?? "GET", url.pathname, body));
    return;
  }
  const request: WireRequest = {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.search.slice(1),
    body,
    apiKey: incoming.headers["x-mbx-apikey"] as string | undefined,
  };
  venue.sync();
  const parameters = parametersOf(request);
  const clientId = parameters.get("newClientOrderId") ?? parameters.get("origClientOrderId");
  const faults = venue.faultsOf({ method: request.method, path: request.path, clientId });
  witness(request);
  await respond(venue, request, response, faults);
}

/** The way of a request through the network: what a fault does before the exchange sees it, then what it does after. */
async function respond(
  venue: Venue,
  request: WireRequest,
  response: ServerResponse,
  faults: readonly RequestFault[],
): Promise<void> {
  const find = <T extends RequestFault["do"]>(kind: T) =>
    faults.find((fault): fault is Extract<RequestFault, { do: T }> => fault.do === kind);
  if (find("dropBefore")) {
    response.destroy();
    return;
  }
  if (find("hangBefore")) return;
  const early = find("reply");
  if (early !== undefined) {
    sendJson(response, { status: early.status, headers: early.headers ?? {}, body: early.body });
    return;
  }
  const before = find("delayBefore");
  if (before !== undefined) {
    await venue.clock.wait(before.ms);
    venue.sync();
  }
  let result = answer(venue, request);
  const after = find("delayAfter");
  if (after !== undefined) await venue.clock.wait(after.ms);
  if (find("dropAfter")) {
    response.destroy();
    return;
  }
  if (find("hangAfter")) return;
  const late = find("replyAfter");
  if (late !== undefined) result = { status: late.status, headers: late.headers ?? {}, body: late.body };
  const mutation = find("mutate");
  if (mutation !== undefined) result = { ...result, body: mutate(result.body, mutation) };
  const cut = find("truncate");
  if (cut !== undefined) sendPart(response, result, cut.bytes, true);
  else if (find("stallBody")) sendPart(response, result, 1, false);
  else sendJson(response, result);
}

function textOf(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

function sendJson(response: ServerResponse, { status, headers, body }: Answer): void {
  const isText = typeof body === "string";
  response.writeHead(status, { "Content-Type": isText ? "text/html" : "application/json", ...headers });
  response.end(textOf(body));
}

/** Promises the whole body, sends the first bytes and then breaks the connection or says nothing more. */
function sendPart(response: ServerResponse, { status, headers, body }: Answer, bytes: number, breaks: boolean): void {
  const text = textOf(body);
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": String(Buffer.byteLength(text)),
    ...headers,
  });
  response.write(text.slice(0, bytes), () => {
    if (breaks) response.destroy();
  });
}

/** The operator's side: state, faults, and time when it is virtual. Not part of any exchange. */
function control(venue: Venue, method: string, path: string, body: string): Answer {
  const ok = (value: unknown): Answer => ({ status: 200, headers: {}, body: value });
  if (method === "GET" && path === "/venue/state") {
    venue.sync();
    return ok(venue.snapshot());
  }
  if (method === "POST" && path === "/venue/faults") {
    venue.addFaults(parseFaultScript(JSON.parse(body)));
    return ok({ added: true });
  }
  if (method === "POST" && path === "/venue/clock") {
    const { to_ms: toMs } = JSON.parse(body) as { to_ms: number };
    assert(venue.clock instanceof VirtualClock, "venue: only a virtual clock can be set");
    venue.clock.advanceTo(toMs);
    venue.sync();
    return ok({ now_ms: venue.clock.now() });
  }
  return { status: 404, headers: {}, body: { error: `no ${method} ${path}` } };
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming) {
    size += (part as Buffer).length;
    if (size > MAX_BODY_BYTES) throw new Error("venue: body too large");
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString("utf8");
}
