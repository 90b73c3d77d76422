import type { KernelExports } from "../kernels/exports.ts";
import { assert } from "../lib/assert.ts";
import type { Engine } from "./engine.ts";
import { TAG } from "./events.ts";
import type { HostRecord } from "./host-records.ts";
import { ACCOUNT } from "./state.ts";

const MICRO = 1e6;
/** Codes of assembly/engine/events.ts. */
const REASON_UNFILLED = 5;
const REASON_MISSED = 6;

/** What an exchange, or reconciliation with it, changes between two slices. Lots and micro-units are whole. */
export type VenueChange =
  /** One trade of the symbol's order; `podId` is null unless each pod orders for itself. */
  | {
      readonly type: "trade";
      readonly symbol: string;
      readonly podId: string | null;
      /** Signed. */
      readonly lots: number;
      readonly price: number;
      readonly valueMicro: number;
      /** Below 0 for a rebate. */
      readonly feeMicro: number;
    }
  /** Nothing more will come of the symbol's order. */
  | { readonly type: "settled"; readonly symbol: string }
  /** The last slice came too late to trade: whatever it decided is dropped. */
  | { readonly type: "missed" }
  /** The exchange closed lots of the account by itself. */
  | {
      readonly type: "autoclose";
      readonly symbol: string;
      readonly lots: number;
      readonly price: number;
      readonly valueMicro: number;
      readonly feeMicro: number;
    }
  /** Lots of the account that no pod ordered become a pod's. Nothing of the symbol is pending. */
  | {
      readonly type: "adopt";
      readonly symbol: string;
      readonly podId: string;
      /** Signed. */
      readonly lots: number;
      readonly price: number;
      readonly valueMicro: number;
    }
  /** Money came into the account (below 0: left it) without a trade. It moves the reserve, and no peak (spec 5.4). */
  | { readonly type: "deposit"; readonly micro: number }
  /** Ledger and exchange disagree about a symbol, or agree again. */
  | { readonly type: "lock"; readonly symbol: string; readonly locked: boolean };

/**
 * Applies a change; its records belong to the slice opened at `timeMs`, the last one.
 *
 * @param onRecords gets them, a view that is valid during the call only.
 */
export function applyVenueChange(
  engine: Engine,
  change: VenueChange,
  timeMs: number,
  onRecords: (records: Float64Array) => void,
): void {
  if (change.type === "deposit" || change.type === "lock") {
    const record = change.type === "deposit" ? deposit(engine, change.micro) : lock(engine, change);
    onRecords(Float64Array.from([TAG.slice, timeMs, ...record]));
  } else {
    engine.between((kernel) => callKernel(kernel, engine, change, timeMs), onRecords);
  }
}

function callKernel(
  kernel: KernelExports,
  engine: Engine,
  change: Exclude<VenueChange, { type: "deposit" | "lock" }>,
  timeMs: number,
): void {
  if (change.type === "missed") {
    for (const s of engine.setup.symbols.keys()) kernel.dropOrder(s, timeMs, REASON_MISSED);
    return;
  }
  const s = symbolOf(engine, change.symbol);
  if (change.type === "settled") {
    kernel.settleOrder(s, timeMs, REASON_UNFILLED);
    return;
  }
  const { lots, price, valueMicro } = change;
  if (change.type === "adopt") {
    kernel.bookAdoption(s, podOf(engine, change.podId), timeMs, lots, price, valueMicro);
    return;
  }
  const { feeMicro } = change;
  if (change.type === "autoclose") {
    kernel.bookAutoclose(s, timeMs, lots, price, valueMicro, feeMicro);
  } else {
    const p = change.podId === null ? -1 : podOf(engine, change.podId);
    kernel.venueFill(s, p, timeMs, lots, price, valueMicro, feeMicro);
  }
}

function deposit(engine: Engine, micro: number): HostRecord {
  const { account } = engine.state;
  account[ACCOUNT.reserve] = (account[ACCOUNT.reserve] as number) + micro;
  for (const slot of [ACCOUNT.highWater, ACCOUNT.dayBase, ACCOUNT.lastEquity])
    account[slot] = (account[slot] as number) + micro / MICRO;
  engine.value();
  return [TAG.deposit, micro, account[ACCOUNT.reserve] as number];
}

function lock(engine: Engine, { symbol, locked }: Extract<VenueChange, { type: "lock" }>): HostRecord {
  const { state } = engine;
  const s = symbolOf(engine, symbol);
  state.locked[s] = locked ? 1 : 0;
  state.account[ACCOUNT.locks] = state.locked.reduce((sum, one) => sum + one, 0);
  return [TAG.locked, s, locked ? 1 : 0];
}

function symbolOf({ setup }: Engine, name: string): number {
  const s = setup.symbols.findIndex(({ symbol }) => symbol === name);
  assert(s >= 0, `venue change: the engine does not trade ${name}`);
  return s;
}

function podOf({ setup }: Engine, name: string): number {
  const p = setup.pods.findIndex(({ podId }) => podId === name);
  assert(p >= 0, `venue change: there is no pod ${name}`);
  return p;
}
