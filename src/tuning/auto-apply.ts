import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { writeApproved } from "./approval.ts";
import { applyTicket, makeTicket } from "./promotion.ts";
import type { AutoApply } from "./session-schema.ts";
import { PromotionError } from "./tuning-error.ts";
import type { TuningEvidence } from "./tuning-folder.ts";
import type { TuningResults } from "./tuning-results.ts";

export type AutoApplied =
  | { readonly applied: true; readonly config: string; readonly jobId: string }
  | { readonly applied: false; readonly reason: string };

/**
 * Does what `promote` and `apply --yes` do with the best candidate, where a session asks for it and the candidate meets its
 * conditions. Every refusal of theirs holds: control must be RUNNING, hashes must match, nothing is overwritten.
 *
 * @param looks at the hold-out so far.
 */
export function autoApply(
  evidence: TuningEvidence,
  settings: AutoApply,
  { looks, engineHash, stateDir, now }: { looks: number; engineHash: string; stateDir: string; now: Date },
): AutoApplied {
  const unmet = unmetCondition(evidence.tuning, settings);
  if (unmet !== null) return { applied: false, reason: unmet };
  const { session, session_folder } = evidence.plan;
  const oldConfig = resolve(session_folder, session.base);
  const newConfig = resolve(session_folder, settings.to);
  try {
    const ticket = makeTicket(evidence, 1, looks);
    const place = { text: readFileSync(oldConfig, "utf8"), newPath: newConfig, engineHash, stateDir };
    const by = `auto_apply of tuning run ${evidence.plan.plan_id}`;
    writeApproved(ticket, applyTicket(ticket, place), { oldConfig, newConfig, by, now });
    return { applied: true, config: newConfig, jobId: ticket.job_id };
  } catch (error) {
    if (!(error instanceof PromotionError)) throw error;
    return { applied: false, reason: error.message };
  }
}

/** The first condition that the best candidate does not meet; what is not known is not met. */
function unmetCondition({ top, verdict, overfitting, baselines }: TuningResults, settings: AutoApply): string | null {
  const [best] = top;
  if (verdict !== "CANDIDATES" || best === undefined || !best.is_candidate) return `the verdict is ${verdict}`;
  const { min_deflated_sharpe, max_pbo, min_sharpe_gain } = settings;
  const dsr = best.deflated_sharpe;
  if (dsr === null || dsr < min_deflated_sharpe)
    return `deflated Sharpe ratio ${dsr}, wanted >= ${min_deflated_sharpe}`;
  if (overfitting.pbo === null || overfitting.pbo > max_pbo)
    return `probability of overfitting ${overfitting.pbo}, wanted <= ${max_pbo}`;
  if (best.plateau.is_spike) return "the best candidate is a lone spike";
  const current = baselines.find(({ name }) => name === "current")?.metrics.sharpe ?? null;
  const gain = current === null || best.metrics.sharpe === null ? null : best.metrics.sharpe - current;
  if (gain === null || gain < min_sharpe_gain)
    return `it adds ${gain} to the Sharpe ratio, wanted >= ${min_sharpe_gain}`;
  return null;
}
