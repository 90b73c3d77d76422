import pino, { type Logger } from "pino";
import pretty from "pino-pretty";
import type { JournalBody } from "../live/journal-records.ts";
import type { EngineEvent } from "../orchestrator/events.ts";
import { wantsColor } from "./terminal.ts";

const LEVEL = { info: "info", warning: "warn", critical: "error" } as const;

/** Where a running engine logs: stderr, as lines for people on a terminal, as JSON elsewhere. A closed stderr stops nothing. */
export function openLog(): Logger {
  const { stderr } = process;
  stderr.on("error", () => {});
  const stream =
    stderr.isTTY === true
      ? pretty({
          destination: stderr,
          sync: true,
          colorize: wantsColor(stderr, process.env),
          ignore: "pid,hostname",
          translateTime: "SYS:HH:MM:ss",
        })
      : stderr;
  return pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}

/** Says what a journal record means, where it means something to people. */
export function logRecord(log: Logger, body: JournalBody): void {
  switch (body.type) {
    case "state":
      log.info({ from: body.from, to: body.to }, `${body.to}: ${body.reason}`);
      break;
    case "alert":
      log[LEVEL[body.severity]]({ code: body.code }, body.message);
      break;
    case "control":
      log.info(
        { control: body.mode, flatten: body.flatten, symbols: body.symbols, pods: body.pods },
        `control: ${body.mode}`,
      );
      break;
    case "slice":
      log.debug({ open: new Date(body.open_ms).toISOString(), traded: body.traded }, "slice");
      break;
    case "sent":
      log.info({ cid: body.cid, order: body.order, lots: body.lots }, "order sent");
      break;
    case "rejected":
      log.warn({ cid: body.cid, code: body.code }, `rejected: ${body.message}`);
      break;
    case "ambiguous":
      log.warn({ cid: body.cid }, `outcome unknown, resolving: ${body.message}`);
      break;
    case "trade":
      log.info({ cid: body.cid, symbol: body.symbol, lots: body.lots, price: body.price }, "trade");
      break;
    case "lock":
      log[body.locked ? "error" : "info"](
        { symbol: body.symbol, ledger: body.ledger, exchange: body.exchange },
        `${body.symbol} ${body.locked ? "locked" : "unlocked"}: ${body.reason}`,
      );
      break;
  }
}

/** Says what the engine did, where an operator should know. */
export function logEvent(log: Logger, event: EngineEvent): void {
  switch (event.type) {
    case "transition":
      log.warn({ pod: event.podId, reason: event.reason }, `${event.podId}: ${event.from} -> ${event.to}`);
      break;
    case "halt":
      log.error({ limit: event.limit, value: event.value }, `halt: ${event.limit}`);
      break;
    case "alert":
      log.warn(
        { limit: event.limit, value: event.value, threshold: event.threshold },
        `near or at a limit: ${event.limit}`,
      );
      break;
    case "failure":
      log.error({ pod: event.podId, symbol: event.symbol }, `strategy of ${event.podId} failed; the pod goes flat`);
      break;
    case "fill":
      log.info({ symbol: event.symbol, lots: event.lots, price: event.price, purpose: event.purpose }, "fill");
      break;
  }
}
