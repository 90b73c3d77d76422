import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

export const MODES = ["RUNNING", "PAUSED", "STOPPING", "PANIC"] as const;
export type Mode = (typeof MODES)[number];

const stateSchema = z.strictObject({
  v: z.literal(1),
  mode: z.enum(MODES),
  /** Every wish is 0 until `resume`. */
  flatten: z.boolean(),
  /** PANIC only: somebody looked at it, `resume` may leave it. */
  acknowledged: z.boolean(),
  blacklist: z.strictObject({ symbols: z.array(z.string()), pods: z.array(z.string()) }),
  /** Record of the audit log that this state is the effect of. */
  audit_seq: z.int().min(0),
  changed_at: z.string(),
  actor: z.string(),
  reason: z.string(),
});

/** What operators decided, as it stands on the disk. It never expires. */
export type ControlState = z.infer<typeof stateSchema>;

export type ReadControl =
  | { readonly known: true; readonly state: ControlState }
  /** Nothing may run on a guess. */
  | { readonly known: false; readonly code: "MISSING" | "UNREADABLE"; readonly message: string };

export function statePath(folder: string): string {
  return join(folder, "control.json");
}

export function auditPath(folder: string): string {
  return join(folder, "audit.ndjson");
}

/** Reads the state and changes nothing, whatever it finds. */
export function readControl(folder: string): ReadControl {
  const path = statePath(folder);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { known: false, code: "MISSING", message: `there is no ${path}` };
    return { known: false, code: "UNREADABLE", message };
  }
  return parseControl(text, path);
}

export function parseControl(text: string, path: string): ReadControl {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { known: false, code: "UNREADABLE", message: `${path} is not JSON` };
  }
  const parsed = stateSchema.safeParse(json);
  if (parsed.success) return { known: true, state: parsed.data };
  return { known: false, code: "UNREADABLE", message: `${path}: ${z.prettifyError(parsed.error)}` };
}
