import { readControl } from "../../control/control-state.ts";
import type { ControlCommand } from "../../control/transitions.ts";
import { CredentialsError } from "../../exchange/credentials.ts";
import { VenueError } from "../../exchange/port.ts";
import { type DeadFlatten, flattenDead } from "../../live/dead/flatten-dead.ts";
import { StateFolder } from "../../live/state-folder.ts";
import { EXIT } from "../exit-codes.ts";
import { connectExchange } from "./exchange-connection.ts";

export type DeadOutcome = DeadFlatten | { readonly kind: "failed"; readonly problem: string };

/** True for commands after which nothing may be held. */
export function closesAll(order: ControlCommand): boolean {
  return order.name === "panic" || (order.name === "flatten" && order.pod === null);
}

/** What `control panic` and `flatten` do themselves where no engine is left to do it: close the positions of a live folder. */
export async function closeDeadEngine(stateDir: string): Promise<DeadOutcome> {
  const folder = new StateFolder(stateDir, "live");
  try {
    const outcome = await flattenDead(folder, readControl(stateDir), () => connectExchange(folder.readConfig()));
    if (outcome.kind === "acted" && outcome.left.length > 0) process.exitCode = EXIT.reconcileMismatch;
    return outcome;
  } catch (error) {
    if (!(error instanceof VenueError) && !(error instanceof CredentialsError)) throw error;
    process.exitCode = EXIT.unavailable;
    return { kind: "failed", problem: error.message };
  }
}

/** For people; empty where there is nothing to say. */
export function describeDead(outcome: DeadOutcome): string {
  switch (outcome.kind) {
    case "none":
      return "";
    case "alive":
      return "A live engine runs: it closes its positions itself (mcbot orchestrate status)\n";
    case "failed":
      return `The live engine is dead, and its positions are NOT closed: ${outcome.problem}\n`;
    case "acted": {
      const how = outcome.through === "journal" ? "through its journal" : "on the exchange directly";
      const left = outcome.left.map(({ symbol, leg, quantity }) => `  still open: ${symbol} ${leg} ${quantity}\n`);
      const end = left.length === 0 ? "flat" : "NOT flat";
      return `The live engine is dead: closed ${how}; ${end}\n${[...outcome.problems.map((one) => `  ${one}\n`), ...left].join("")}`;
    }
  }
}
