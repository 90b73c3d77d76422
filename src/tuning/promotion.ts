import { createHash } from "node:crypto";
import { isMap, parseDocument } from "yaml";
import { z } from "zod";
import { checkConfig } from "../config/check.ts";
import { formOf } from "../config/file-form.ts";
import { formatPath, type Path, parsePath, valueAt } from "../config/path.ts";
import { readYaml } from "../config/yaml-source.ts";
import { readControl } from "../control/control-state.ts";
import { besideConfig, contextForConfig, strategiesIn } from "../engine/user-strategies/config-strategies.ts";
import { PromotionError } from "./tuning-error.ts";
import type { TuningEvidence } from "./tuning-folder.ts";
import { tuningResultsSchema } from "./tuning-results.ts";

export const TICKET_SCHEMA_VERSION = 1;

const change = z.strictObject({ path: z.string(), from: z.unknown(), to: z.unknown() });

/** A proposal to put a candidate into a config. Nothing is changed by it. */
export const ticketSchema = z.strictObject({
  schema_version: z.literal(TICKET_SCHEMA_VERSION),
  plan_id: z.string(),
  job_id: z.string(),
  rank: z.int(),
  /** Of the config file's text: the ticket fits no other. */
  config_sha256: z.string(),
  data_hash: z.string(),
  engine_hash: z.string(),
  /** Ids of the strategies that are files and were measured: name and hash of the source. */
  strategies: z.array(z.string()),
  /** Of tuning_results.json. */
  evidence_sha256: z.string(),
  changes: z.array(change),
  evidence: tuningResultsSchema.shape.top.element,
  expected: z.strictObject({
    sharpe: z.strictObject({ current: z.number().nullable(), candidate: z.number().nullable() }),
    total_return: z.strictObject({ current: z.number().nullable(), candidate: z.number().nullable() }),
    max_drawdown: z.strictObject({ current: z.number().nullable(), candidate: z.number().nullable() }),
  }),
  holdout_looks: z.int(),
  rollback: z.string(),
  /** SHA-256 of everything above. */
  ticket_hash: z.string(),
});
export type Ticket = z.infer<typeof ticketSchema>;

/** The ticket for a candidate; anything that the verdict does not offer is refused. */
export function makeTicket({ plan, tuning, manifest }: TuningEvidence, rank: number, looks: number): Ticket {
  const candidate = tuning.top.find((point) => point.rank === rank);
  if (candidate === undefined) throw new PromotionError(`there is no rank ${rank}: the run lists ${tuning.top.length}`);
  if (!candidate.is_candidate) {
    const missed = candidate.gates.filter(({ met }) => !met).map(({ name }) => name);
    throw new PromotionError(
      `rank ${rank} is no candidate (verdict ${tuning.verdict}): ${missed.join(", ") || tuning.reasons[0]}`,
    );
  }
  const written = readYaml(plan.base_text).data;
  const wanted = { ...plan.session.overrides, ...candidate.params };
  const changes = Object.entries(wanted).map(([varied, to]) => {
    const path = pathInFile(written, varied);
    return { path: formatPath(path), from: valueAt(written, path) ?? null, to };
  });
  const current = tuning.baselines.find(({ name }) => name === "current")?.metrics;
  const expected = (
    name: "sharpe" | "total_return" | "max_drawdown",
  ): { current: number | null; candidate: number | null } => ({
    current: current?.[name] ?? null,
    candidate: candidate.metrics[name],
  });
  const ticket = {
    schema_version: TICKET_SCHEMA_VERSION,
    plan_id: plan.plan_id,
    job_id: candidate.job_id,
    rank,
    config_sha256: sha256(plan.base_text),
    data_hash: plan.data_hash,
    engine_hash: plan.engine_hash,
    strategies: Object.keys(plan.space.strategies ?? {}),
    evidence_sha256: manifest.files.find(({ name }) => name === "tuning_results.json")?.sha256 ?? "",
    changes,
    evidence: candidate,
    expected: {
      sharpe: expected("sharpe"),
      total_return: expected("total_return"),
      max_drawdown: expected("max_drawdown"),
    },
    holdout_looks: looks,
    rollback: "the config it was made for is not changed: start the engine with that file again",
  } as const;
  return { ...ticket, changes: [...changes], strategies: [...ticket.strategies], ticket_hash: hashTicket(ticket) };
}

/** Where a path that was varied stands in the file: a single-strategy file is varied as the one pod it means. */
function pathInFile(written: unknown, varied: string): Path {
  const path = formOf(written).placeOf(parsePath(varied) as Path);
  if (path === null) throw new PromotionError(`${varied} has no place in a single-strategy file: change it by hand`);
  return path;
}

/** Reads a ticket; throws a PromotionError when it is not one, or not as it was written. */
export function parseTicket(text: string): Ticket {
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const parsed = ticketSchema.safeParse(json);
  if (!parsed.success) throw new PromotionError("the file is no ticket of mcbot promote");
  const { ticket_hash, ...content } = parsed.data;
  if (hashTicket(content) !== ticket_hash) throw new PromotionError("the ticket was changed after it was written");
  return parsed.data;
}

/** The config that a ticket is applied to, and what it becomes. */
export interface ConfigToChange {
  readonly text: string;
  /** Where the new config will be: strategies that are files are relative to it. */
  readonly newPath: string;
  readonly engineHash: string;
  readonly stateDir: string;
}

/**
 * The text of the new config: the old one with the ticket's values, comments kept.
 *
 * @throws PromotionError when control is not RUNNING, when the config is not the one of the ticket, when engine, strategies or
 *         values no longer fit.
 */
export function applyTicket(
  ticket: Ticket,
  { text: configText, newPath, engineHash, stateDir }: ConfigToChange,
): string {
  const control = readControl(stateDir);
  if (!control.known) throw new PromotionError(`control is not RUNNING: ${control.message}`);
  if (control.state.mode !== "RUNNING" || control.state.flatten) {
    throw new PromotionError(
      `control is ${control.state.mode}${control.state.flatten ? " (flattening)" : ""}, not RUNNING`,
    );
  }
  if (sha256(configText) !== ticket.config_sha256) {
    throw new PromotionError("the config is not the one the ticket was made for: its SHA-256 differs");
  }
  if (engineHash !== ticket.engine_hash) {
    throw new PromotionError("this engine is not the one that measured the candidate: run the session again");
  }
  const document = parseDocument(configText);
  for (const { path, to } of ticket.changes) {
    const at = parsePath(path);
    if (at === null || !isMap(document.contents)) throw new PromotionError(`${path} is no path of the config`);
    document.setIn(at, document.createNode(to));
  }
  const text = document.toString({ lineWidth: 0 });
  const { data } = readYaml(text);
  const context = contextForConfig(data, besideConfig(newPath));
  const checked = checkConfig(data, context);
  if (!checked.ok) {
    const [problem] = checked.problems;
    throw new PromotionError(
      `the new config would be refused: expected ${problem?.expected}${problem?.hint ? `; ${problem.hint}` : ""}`,
    );
  }
  const changed = strategiesIn(checked.config).filter((id) => !ticket.strategies.includes(id));
  if (changed.length > 0) {
    throw new PromotionError(
      `strategies have changed since the candidate was measured (${changed.join(", ")} now): run the session again`,
    );
  }
  return text;
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hashTicket(content: Omit<Ticket, "ticket_hash">): string {
  return sha256(JSON.stringify(content));
}
