import type { AdoptedRecord, ClosingRecord, Intent, JournalBody } from "../journal-records.ts";
import { asDecision } from "../orders/order-ledger.ts";
import { planIntents } from "../orders/plan-intents.ts";
import { microOf, quantityOf } from "../orders/units.ts";
import type { ReconcileDesk } from "./ports.ts";
import { podsSide } from "./position-check.ts";
import type { PodRequest } from "./requests.ts";
import { UNASSIGNED, type Unassigned } from "./unassigned.ts";

/** Not now: something of the symbol is on its way. */
const LATER = Symbol("later");
type Answer = { readonly refused: string } | { readonly records: readonly JournalBody[] };

/**
 * Answers what operators asked about UNASSIGNED, oldest first, each exactly once: the answer and what it does are one piece of
 * the journal, and the file goes only after that.
 */
export async function serveRequests(desk: ReconcileDesk, accept: (symbol: string) => void): Promise<void> {
  const { requests, ledger, commit, execute } = desk.ports;
  for (const { name, request } of requests?.waiting() ?? []) {
    if (request === null) {
      desk.alert("warning", "REQUEST", `${name} in the requests folder is no request: removed`);
    } else if (ledger.reconciled.answerTo(request.id) === null) {
      const answer = answerTo(desk, request);
      if (answer === LATER) continue;
      const { v: _, ...asked } = request;
      const refused = "refused" in answer ? answer.refused : null;
      const records = "refused" in answer ? [] : answer.records;
      commit({ type: "request", ...asked, refused }, ...records);
      const what = `pod ${request.action} ${request.symbol}${request.pod === null ? "" : ` --pod ${request.pod}`} by ${request.actor}`;
      desk.alert(
        refused === null ? "info" : "warning",
        "REQUEST",
        `${what}: ${refused === null ? "done" : `refused: ${refused}`}`,
      );
      if (request.action === "ignore") accept(request.symbol);
      for (const record of records) if (record.type === "closing") await execute(asDecision(record));
    }
    requests?.remove(name);
  }
}

function answerTo(desk: ReconcileDesk, request: PodRequest): Answer | typeof LATER {
  const { session, orders, ledger } = desk.ports;
  const { symbol, action } = request;
  if (!desk.settings.symbols.includes(symbol)) return { refused: `no pod trades ${symbol}` };
  if (action === "ignore") return { records: [] };
  const entries = ledger.unassigned.of(symbol);
  if (entries.length === 0) return { refused: `UNASSIGNED holds nothing of ${symbol}` };
  // A decision that waits to be journaled keeps its place in the order of time.
  if (orders.inFlight().has(symbol) || session.isPending(symbol) || session.draft !== null) return LATER;
  return action === "adopt" ? adopt(desk, request, entries) : flatten(desk, symbol, entries);
}

function adopt(desk: ReconcileDesk, { symbol, pod }: PodRequest, entries: readonly Unassigned[]): Answer {
  const { setup } = desk.ports.session.session.engine;
  const s = setup.symbols.findIndex((own) => own.symbol === symbol);
  if (pod === null) {
    for (const { lots, leg } of entries) {
      const side = podsSide(desk, symbol, lots);
      if (Math.abs(lots) > side)
        return {
          refused: `the pods hold ${side} lots that ${lots} lots (${leg}) could close: say who gets them, --pod ID`,
        };
    }
  } else {
    const found = setup.pods.find(({ podId }) => podId === pod);
    if (found === undefined)
      return { refused: `there is no pod ${pod}: the pods are ${setup.pods.map(({ podId }) => podId).join(", ")}` };
    if (!found.symbols.includes(s)) return { refused: `pod ${pod} does not trade ${symbol}` };
  }
  const records = entries.map(
    (entry): AdoptedRecord => ({
      type: "adopted",
      symbol,
      leg: entry.leg,
      lots: entry.lots,
      pod,
      value_micro: costOf(desk, entry),
    }),
  );
  return { records };
}

/** At what they cost, so that nothing is left in UNASSIGNED; at the mark where earlier closes leave no sensible cost. */
function costOf({ ports }: ReconcileDesk, { symbol, lots, cashMicro }: Unassigned): number {
  if (lots * cashMicro < 0) return Math.abs(cashMicro);
  return Math.max(1, microOf(quantityOf(Math.abs(lots), ports.rules(symbol).lot), ports.mark(symbol)));
}

/** Orders for these lots only, which close: what the pods hold stays, and what somebody closed is not opened again. */
function flatten({ ports, settings }: ReconcileDesk, symbol: string, entries: readonly Unassigned[]): Answer {
  const openMs = ports.session.nextDecisionMs;
  const closable = entries.filter(({ leg, lots }) => leg === "net" || (leg === "long") === lots > 0);
  const wishes = closable.map(({ lots }) => ({ symbol, lots: -lots, pod: UNASSIGNED, podHeld: lots }));
  const { intents, dropped } = planIntents(wishes, {
    instance: settings.instance,
    openMs,
    hedged: settings.hedged === true,
    reducingExempt: settings.reducingExempt,
    held: (own) => ports.orders.held(own),
    rules: ports.rules,
    mark: (own) => Number(ports.mark(own)),
    locked: () => true,
  });
  if (intents.length === 0) return { refused: whyNot(dropped[0]?.reason ?? "LOCKED") };
  const closing: ClosingRecord = { type: "closing", open_ms: openMs, intents: [...intents] satisfies Intent[] };
  return { records: [closing] };
}

function whyNot(reason: string): string {
  if (reason === "LOCKED")
    return "the account holds less than the pods, and flatten only closes: adopt without --pod books what was closed to the pods";
  return `no order can be sent for these lots (${reason})`;
}
