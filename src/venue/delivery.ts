import type { RequestFault } from "./faults/script.ts";
import { type Answer, answer, mutate, parametersOf, type WireRequest } from "./http/answer.ts";
import type { Venue } from "./venue.ts";

/** What comes back over the wire. */
export type Delivery =
  | { readonly kind: "whole"; readonly answer: Answer }
  /** The first bytes of the body; then the connection breaks, or nothing more comes. */
  | { readonly kind: "part"; readonly answer: Answer; readonly bytes: number; readonly breaks: boolean }
  | { readonly kind: "broken" }
  | { readonly kind: "silence" };

/** Lets a request happen: to the network what a fault does before the exchange sees it, to the exchange, and to the answer. */
export async function deliver(venue: Venue, request: WireRequest): Promise<Delivery> {
  venue.sync();
  const parameters = parametersOf(request);
  const names = ["newClientOrderId", "origClientOrderId", "clientAlgoId"];
  const clientId = names.map((name) => parameters.get(name)).find((value) => value !== null) ?? null;
  const faults = venue.faultsOf({ method: request.method, path: request.path, clientId });
  if (request.method === "POST" && isOrder(request.path)) venue.onOrderPost(clientId ?? "");
  const find = <T extends RequestFault["do"]>(kind: T) =>
    faults.find((fault): fault is Extract<RequestFault, { do: T }> => fault.do === kind);
  const kill = find("killClient");
  if (kill?.moment === "receipt") killProcess(kill.pid);
  if (find("dropBefore")) return { kind: "broken" };
  if (find("hangBefore")) return { kind: "silence" };
  const early = find("reply");
  if (early !== undefined) return { kind: "whole", answer: { ...early, headers: early.headers ?? {} } };
  const before = find("delayBefore");
  if (before !== undefined) {
    await venue.clock.wait(before.ms);
    venue.sync();
  }
  let result = answer(venue, request);
  if (kill?.moment === "answer") killProcess(kill.pid);
  const after = find("delayAfter");
  if (after !== undefined) await venue.clock.wait(after.ms);
  if (find("dropAfter")) return { kind: "broken" };
  if (find("hangAfter")) return { kind: "silence" };
  const late = find("replyAfter");
  if (late !== undefined) result = { ...late, headers: late.headers ?? {} };
  const mutation = find("mutate");
  if (mutation !== undefined) result = { ...result, body: mutate(result.body, mutation) };
  const cut = find("truncate");
  if (cut !== undefined) return { kind: "part", answer: result, bytes: cut.bytes, breaks: true };
  if (find("stallBody")) return { kind: "part", answer: result, bytes: 1, breaks: false };
  return { kind: "whole", answer: result };
}

export function textOf({ body }: Answer): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

function isOrder(path: string): boolean {
  return path.endsWith("/order") || path.endsWith("/algoOrder");
}

function killProcess(pid: number): void {
  process.kill(pid, "SIGKILL");
}
