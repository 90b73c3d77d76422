import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readJournal } from "../../src/journal/read-journal.ts";
import { foldJournal } from "../../src/live/journal-fold.ts";
import type { JournalBody } from "../../src/live/journal-records.ts";
import { checkJournalBody } from "../../src/live/journal-schema.ts";
import { StateFolder } from "../../src/live/state-folder.ts";
import { ACCOUNT } from "../../src/orchestrator/state.ts";
import type { Venue } from "../../src/venue/venue.ts";
import { CANARY } from "../exchange/support.ts";

const E8 = 1e8;
/** Micro-units are rounded once per booking; the exchange rounds to 1e-8. */
const CENTS_PER_INCOME = 2e-6;

/** An exchange, and the state folder of the engine that traded on it. */
export interface Witnessed {
  readonly venue: Venue;
  readonly stateDir: string;
  /** Client ids of POSTs that arrived before their record was on the disk. */
  readonly unwitnessed: readonly string[];
}

/** What exchange, journal and ledger must agree on after a life that ended flat of open orders (exchange-facts §10); every violation by its number. */
export function violations(world: Witnessed, resultHash: string): string[] {
  const found: string[] = [
    ...world.unwitnessed.map((cid) => `I4 ${cid} was POSTed before its sent record was on the disk`),
  ];
  const { futures } = world.venue;
  const folder = new StateFolder(world.stateDir, "live");
  const { fold, divergence } = foldJournal(folder);
  const records = [...readJournal<JournalBody>(folder.journal, checkJournalBody)].map(({ body }) => body);
  if (divergence !== null) found.push(`I10 ${divergence}`);
  const { setup, state } = fold.session.session.engine;

  if (!futures.account.isConserved()) found.push("I8 the wallet is not its start plus every income");
  for (const [s, { symbol, lotsPerUnit }] of setup.symbols.entries()) {
    const id = symbol.replace("/", "");
    const legs = futures.account.held().filter((leg) => leg.symbol === id);
    const exchange = legs.reduce((sum, { position }) => sum + Number(position.amount), 0);
    const pods = ((state.netLots[s] as number) / lotsPerUnit) * E8;
    const unassigned = fold.ledger.unassigned.of(symbol);
    const strange = unassigned.reduce((sum, { lots }) => sum + (lots / lotsPerUnit) * E8, 0);
    if (Math.abs(exchange - pods - strange) > 1e-6)
      found.push(`I2 ${symbol}: pods ${pods / E8}, exchange ${exchange / E8}`);
    const filled = futures.records.trades
      .filter((trade) => trade.symbol === id)
      .reduce((sum, { side, quantity }) => sum + (side === "BUY" ? 1 : -1) * Number(quantity), 0);
    if (Math.abs(filled - exchange) > 1e-6) found.push(`I1 ${symbol}: fills ${filled / E8}, position ${exchange / E8}`);
    if (legs.length > 1) found.push(`I9 ${symbol}: long and short at once`);
  }
  const spent = futures.account
    .held()
    .reduce((sum, { position: { amount, entry } }) => sum + (Number(amount) / E8) * (Number(entry) / E8), 0);
  const money = (state.account[ACCOUNT.money] as number) / 1e6;
  const gap = money - (Number(futures.account.wallet) / E8 - spent);
  // What a stranger traded is valued at the mark when it was seen, not at its price.
  const isDisturbed = records.some(({ type }) => type === "external" || type === "adopted" || type === "closing");
  if (!isDisturbed && Math.abs(gap) > CENTS_PER_INCOME * (1 + futures.account.incomes.length))
    found.push(`I8 the pods' cash is ${gap} off the wallet`);
  found.push(...ordersOnce(world.venue, records), ...watermark(records), ...noRiskWhileRestricted(records));
  const again = fold.session.finish().resultHash;
  if (divergence === null && again !== resultHash) found.push("I10 the fold of the journal is not the live state");
  found.push(...secretsIn(folder.path));
  return found;
}

/** I3: at most one order per client id, and each of them journaled. */
function ordersOnce(venue: Venue, records: readonly JournalBody[]): string[] {
  const sent = new Set(records.flatMap((body) => (body.type === "sent" ? [body.cid] : [])));
  const seen = new Set<string>();
  return venue.futures.records.orders.flatMap(({ clientId }) => {
    if (!clientId.startsWith("mc")) return [];
    const problems = [
      ...(seen.has(clientId) ? [`I3 two orders under ${clientId}`] : []),
      ...(sent.has(clientId) ? [] : [`I3 ${clientId} is not in the journal`]),
    ];
    seen.add(clientId);
    return problems;
  });
}

/** I14: the watermark never goes back. */
function watermark(records: readonly JournalBody[]): string[] {
  let last = Number.NEGATIVE_INFINITY;
  return records.flatMap((body) => {
    if (body.type !== "slice") return [];
    const back = body.open_ms <= last ? [`I14 slice ${new Date(body.open_ms).toISOString()} after a later one`] : [];
    last = Math.max(last, body.open_ms);
    return back;
  });
}

/** I5: no order that adds exposure leaves in DEGRADED or HALT. */
function noRiskWhileRestricted(records: readonly JournalBody[]): string[] {
  let state = "BOOT";
  const reduces = new Map<string, boolean>();
  return records.flatMap((body) => {
    if (body.type === "state") state = body.to;
    if (body.type === "decision") for (const intent of body.intents) reduces.set(intent.cid, intent.reduces);
    const adds = body.type === "sent" && reduces.get(body.intent) === false;
    return adds && (state === "DEGRADED" || state === "HALT") ? [`I5 ${body.cid} adds exposure in ${state}`] : [];
  });
}

/** I11: no key or secret in any file. */
function secretsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, "latin1");
    return Object.values(CANARY).some((secret) => text.includes(secret)) ? [`I11 ${path} holds a secret`] : [];
  });
}
