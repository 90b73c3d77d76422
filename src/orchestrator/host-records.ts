import { TAG } from "./events.ts";
import type { LifecycleEvent } from "./lifecycle/lifecycle-manager.ts";
import { STATE_CODES, TRANSITION_REASON_CODES } from "./record-codes.ts";

/** An event record written by the host between kernel calls, in the form of the kernel's own. */
export type HostRecord = readonly number[];

export function transferRecord(pod: number, micro: number, cashAfter: number, reserveAfter: number): HostRecord {
  return [TAG.transfer, pod, micro, cashAfter, reserveAfter];
}

export function transitionRecord(pod: number, { from, to, reason, value, threshold }: LifecycleEvent): HostRecord {
  return [
    TAG.transition,
    pod,
    STATE_CODES.indexOf(from),
    STATE_CODES.indexOf(to),
    TRANSITION_REASON_CODES.indexOf(reason),
    value,
    threshold,
  ];
}

export function allocationRecord(pod: number, fraction: number, moved: boolean): HostRecord {
  return [TAG.allocation, pod, fraction, moved ? 1 : 0];
}

export function exposureRecord(factor: number): HostRecord {
  return [TAG.exposure, factor];
}
