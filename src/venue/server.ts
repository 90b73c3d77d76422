import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";
import { VirtualClock } from "./clock.ts";
import { deliver, textOf } from "./delivery.ts";
import { parseFaultScript } from "./faults/script.ts";
import type { Answer, WireRequest } from "./http/answer.ts";
import { readStreamUrl } from "./stream/stream-url.ts";
import type { Venue } from "./venue.ts";

const LOOPBACK = "127.0.0.1";
const TICK_MS = 250;
/** A form of an order has a few hundred bytes. */
const MAX_BODY_BYTES = 65_536;

export interface RunningVenue {
  /** "http://127.0.0.1:PORT". */
  readonly url: string;
  readonly port: number;
  /** Sockets that are open. */
  connections(): number;
  /** Closes connections that carry nothing now, as servers do with idle ones. */
  closeIdle(): void;
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
    const { topics, listenKey, combined } = readStreamUrl(request.url ?? "/");
    venue.sync();
    if (listenKey !== null && !venue.listenKeys.opens(listenKey, venue.futures.nowMs)) {
      socket.close(1008, "invalid listenKey");
    } else venue.streams.add(socket, { isUser: listenKey !== null, topics, combined });
  });
  await listen(server, port);
  // On a clock that runs by itself listeners hear of the market although nobody asks anything.
  const ticker = venue.clock instanceof VirtualClock ? null : setInterval(() => venue.sync(), TICK_MS);
  const actual = (server.address() as AddressInfo).port;
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  return {
    url: `http://${LOOPBACK}:${actual}`,
    port: actual,
    connections: () => open.size,
    closeIdle: () => server.closeIdleConnections(),
    close: () =>
      new Promise((resolve) => {
        if (ticker !== null) clearInterval(ticker);
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
  witness(request);
  const delivery = await deliver(venue, request);
  if (delivery.kind === "whole") sendJson(response, delivery.answer);
  else if (delivery.kind === "part") sendPart(response, delivery.answer, delivery.bytes, delivery.breaks);
  else if (delivery.kind === "broken") response.destroy();
}

function sendJson(response: ServerResponse, answer: Answer): void {
  const type = typeof answer.body === "string" ? "text/html" : "application/json";
  response.writeHead(answer.status, { "Content-Type": type, ...answer.headers });
  response.end(textOf(answer));
}

/** Promises the whole body, sends the first bytes and then breaks the connection or says nothing more. */
function sendPart(response: ServerResponse, answer: Answer, bytes: number, breaks: boolean): void {
  const text = textOf(answer);
  response.writeHead(answer.status, {
    "Content-Type": "application/json",
    "Content-Length": String(Buffer.byteLength(text)),
    ...answer.headers,
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
    venue.advanceTo(toMs);
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
