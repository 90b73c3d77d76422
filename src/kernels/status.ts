import { assert } from "../lib/assert.ts";

/** The answer is usable: to the tolerance, to what rounding allows, or as far as the iterations went. */
export type UsableStatus = "OK" | "FLOOR" | "MAX_ITER";
/** There is no answer. */
export type RefusedStatus = "NOT_PD" | "INVALID_INPUT";
export type KernelStatus = UsableStatus | RefusedStatus;

/** Codes of assembly/status.ts; a test compares them with the module. From zero upwards an answer exists. */
export const STATUS_CODES: Readonly<Record<KernelStatus, number>> = {
  OK: 0,
  FLOOR: 1,
  MAX_ITER: 2,
  NOT_PD: -1,
  INVALID_INPUT: -2,
};

const NAMES = new Map(Object.entries(STATUS_CODES).map(([name, code]) => [code, name as KernelStatus]));

export function statusOf(code: number): KernelStatus {
  const status = NAMES.get(code);
  assert(status !== undefined, `kernels: ${code} is no status`);
  return status;
}

export function isUsable(status: KernelStatus): status is UsableStatus {
  return STATUS_CODES[status] >= 0;
}
