import { join } from "node:path";
import { engineHash } from "../../engine/run-identity.ts";
import type { Market } from "../../market/market.ts";
import { renderTuning } from "../../reporting/tuning.ts";
import { analyze } from "../../tuning/analyze.ts";
import { autoApply } from "../../tuning/auto-apply.ts";
import { type AutoTuneOutcome, autoTune, lineageKey } from "../../tuning/auto-tuner.ts";
import { CONSTRAINT_FORM, parseConstraint } from "../../tuning/constraint.ts";
import { estimate } from "../../tuning/estimate.ts";
import { countLooks, noteLook } from "../../tuning/lineage.ts";
import { loadSession } from "../../tuning/load-session.ts";
import { lookAtHoldout } from "../../tuning/look-at-holdout.ts";
import { isRecording, openSweepMarket } from "../../tuning/open-sweep-market.ts";
import { planSession, type TuningJob, type TuningPlan } from "../../tuning/plan-session.ts";
import { replayJob } from "../../tuning/replay-job.ts";
import { type AutoApply, sessionJsonSchema } from "../../tuning/session-schema.ts";
import { pointConfig } from "../../tuning/sweep-space.ts";
import { TuningFolderError } from "../../tuning/tuning-error.ts";
import { readEvidence, readPlan, tuningFileSchemas, writePlan } from "../../tuning/tuning-folder.ts";
import { EXIT } from "../exit-codes.ts";
import { openMarketFor } from "../open-run.ts";
import { Progress } from "../progress.ts";
import { SweepProgress } from "../sweep-progress.ts";
import { styleOf } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

interface SessionFlags {
  readonly data?: string;
  readonly constraint: readonly string[];
  readonly json?: boolean;
}

interface RunFlags {
  readonly workers: number;
  readonly lineage?: string;
  readonly json?: boolean;
}

interface Planned {
  readonly plan: TuningPlan;
  readonly jobs: readonly TuningJob[];
  readonly market: Market;
  readonly notice: string;
}

export function tunePlan(file: string, flags: SessionFlags & { estimate?: boolean; workers: number }): void {
  const { plan, jobs, market, notice } = planOf(file, flags);
  const estimated =
    flags.estimate === true
      ? new Progress("estimate", "points", process.stderr).during((update) =>
          estimate(plan, market, Math.max(1, flags.workers), () => performance.now(), update),
        )
      : null;
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ ...plan, jobs, estimate: estimated })}\n`);
    return;
  }
  const skipped = Object.entries(plan.infeasible).map(([reason, n]) => `  ${n} points left out: ${reason}`);
  const { ranked, holdout } = plan.spans;
  const lines = [
    notice,
    `Plan ${plan.plan_id}: ${jobs.length} jobs of ${plan.grid_points} points`,
    ...(plan.sampled === null
      ? []
      : [`  sampled: ${plan.sampled} points, seed ${plan.session.seed}, over the whole space`]),
    ...skipped,
    ...plan.grids.map(
      ({ path, values }) =>
        `  ${path}: ${values.length} values, ${JSON.stringify(values[0])} to ${JSON.stringify(values.at(-1))}`,
    ),
    `Ranked ${ranked.start} to ${ranked.end}; hold-out ${holdout === null ? "none" : `${holdout.start} to ${holdout.end}`}`,
  ];
  if (estimated !== null) {
    const { minutes, memory_bytes, disk_bytes, workers } = estimated;
    lines.push(
      `Estimate with ${workers} workers: ${minutes < 0.1 ? `${(minutes * 60).toFixed(1)} s` : `${minutes.toFixed(1)} minutes`}, ${megabytes(memory_bytes)} of memory, ${megabytes(disk_bytes)} on disk`,
    );
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

export async function tuneRun(file: string, flags: SessionFlags & RunFlags & { out: string }): Promise<void> {
  const planned = planOf(file, flags);
  const folder = join(flags.out, planned.plan.plan_id);
  if (planned.jobs.length === 0) throw new UsageError("nothing to run: every point breaks a rule of the config");
  const plan = writePlan(folder, planned.plan, planned.jobs);
  await runAndJudge(folder, { ...planned, plan }, flags);
}

export async function tuneResume(folder: string, flags: RunFlags): Promise<void> {
  const { plan, jobs } = readPlan(folder);
  const market = marketOf(plan, plan.data_path);
  if (plan.engine_hash !== engineHash()) {
    throw new UsageError("this engine is not the one the run began with: start the session again, in a new folder");
  }
  await runAndJudge(folder, { plan, jobs, market, notice: `Market: ${market.label}` }, flags);
}

async function runAndJudge(folder: string, { plan, jobs, market, notice }: Planned, flags: RunFlags): Promise<void> {
  if (flags.workers < 1 || flags.workers > 256) throw new UsageError("--workers: expected 1 to 256");
  if (flags.json !== true) process.stdout.write(`${notice}\n`);
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(INTERRUPTED);
    process.stderr.write("stopping: running jobs finish; once more stops at once\n");
    stop.abort();
  };
  process.on("SIGINT", interrupt);
  const progress = new SweepProgress(process.stderr);
  let outcome: AutoTuneOutcome;
  try {
    outcome = await autoTune(plan, jobs, market, {
      folder,
      lineageFile: flags.lineage ?? join(folder, "..", "lineage.jsonl"),
      workers: flags.workers,
      command: process.argv.slice(2),
      now: () => performance.now(),
      onProgress: (done, total) => progress.update(done, total),
      stop: stop.signal,
    });
  } finally {
    progress.stop();
    process.off("SIGINT", interrupt);
  }
  if (!outcome.finished) {
    process.stderr.write(
      `stopped: ${outcome.done} of ${outcome.total} jobs are finished; mcbot tune resume ${folder}\n`,
    );
    process.exitCode = INTERRUPTED;
    return;
  }
  const text =
    flags.json === true
      ? JSON.stringify(outcome.tuning)
      : `${renderTuning(outcome.tuning, styleOf(process.stdout, process.env))}\nRun folder: ${folder}`;
  process.stdout.write(`${text}\n`);
  const settings = plan.session.auto_apply;
  if (settings !== undefined) process.stderr.write(`${applyBySession(folder, settings)}\n`);
  if (outcome.failed > 0) process.exitCode = EXIT.error;
}

/** What became of a session's `auto_apply`, in words. */
function applyBySession(folder: string, settings: AutoApply): string {
  const evidence = readEvidence(folder);
  const point = pointConfig({ ...evidence.plan.space, paths: [] }, []);
  const applied = autoApply(evidence, settings, {
    looks: countLooks(evidence.manifest.lineage_file, lineageKey(evidence.plan)),
    engineHash: engineHash(),
    stateDir: point.ok ? point.config.execution.state_dir : "./state",
    now: new Date(),
  });
  return applied.applied
    ? `auto_apply: ${applied.config} is written for job ${applied.jobId}, with its approval record`
    : `auto_apply: nothing is written: ${applied.reason}`;
}

/** As shells report a process that SIGINT ended. */
const INTERRUPTED = 130;

export function tuneReplay(id: string, flags: { run: string; data?: string; json?: boolean }): void {
  const { plan, jobs, sweep } = readEvidence(flags.run);
  const job = jobs.findIndex(({ job_id }) => job_id === id);
  if (job < 0) throw new UsageError(`there is no job ${id} in ${flags.run}`);
  const stored = sweep.points[job]?.result_hash ?? null;
  const { outcome, resultHash } = new Progress("replay", "days", process.stderr).during((update) =>
    replayJob(plan, job, marketOf(plan, flags.data ?? plan.data_path), update),
  );
  const same = stored === outcome;
  const report = {
    schema_version: 1,
    job_id: id,
    stored_hash: stored,
    replayed_hash: outcome,
    same,
    result_hash: resultHash,
  };
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify(report)}\n`
      : `Job ${id}: ${same ? "reproduced" : "DIFFERS"}\n  stored    ${stored}\n  replayed  ${outcome}\n  as a backtest, result hash ${resultHash}\n`,
  );
  if (!same) process.exitCode = REPLAY_MISMATCH;
}

/** Spec 7.1: replay mismatch. */
const REPLAY_MISMATCH = 12;

export function tuneAnalyze(folder: string, flags: { constraint: readonly string[]; json?: boolean }): void {
  const { plan, sweep, tuning, equity } = readEvidence(folder);
  for (const text of flags.constraint) {
    if (parseConstraint(text) === null) throw new UsageError(`--constraint ${text}: expected ${CONSTRAINT_FORM}`);
  }
  const constraints = [...plan.session.constraints, ...flags.constraint];
  const fresh = analyze(sweep, equity, { ...plan.session, constraints });
  const reproduced = JSON.stringify(fresh) === JSON.stringify(tuning);
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify(fresh)}\n`
      : `${sweep.synthetic ? `Market: ${sweep.market}\n` : ""}${renderTuning(fresh, styleOf(process.stdout, process.env))}\n${
          flags.constraint.length > 0
            ? "With further constraints: not the verdict of the run."
            : reproduced
              ? "Every number of tuning_results.json is reproduced."
              : "tuning_results.json is NOT reproduced."
        }\n`,
  );
  if (!reproduced && flags.constraint.length === 0) process.exitCode = REPLAY_MISMATCH;
}

export function tuneHoldout(folder: string, flags: { candidate: number; data?: string; json?: boolean }): void {
  const { plan, jobs, tuning, manifest } = readEvidence(folder);
  const point = tuning.top.find(({ rank }) => rank === flags.candidate);
  if (point === undefined)
    throw new UsageError(`there is no rank ${flags.candidate}: the run lists ${tuning.top.length}`);
  if (plan.spans.holdout === null) throw new UsageError("the session has no hold-out (folds.holdout: 0)");
  const market = marketOf(plan, flags.data ?? plan.data_path);
  // Counted before it is shown: a look cannot be undone.
  const looks = noteLook(manifest.lineage_file, lineageKey(plan), plan.plan_id, point.job_id);
  const metrics = lookAtHoldout(
    plan,
    jobs.findIndex(({ job_id }) => job_id === point.job_id),
    market,
  );
  const report = {
    schema_version: 1,
    job_id: point.job_id,
    rank: point.rank,
    holdout: plan.spans.holdout,
    looks,
    metrics,
  };
  const show = (value: number | null): string => (value === null ? "n/a" : value.toFixed(4));
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify(report)}\n`
      : `Hold-out ${plan.spans.holdout.start} to ${plan.spans.holdout.end}, look ${looks} on these bars and pods\n  Sharpe ${show(metrics.sharpe)} ± ${show(metrics.sharpe_se)}, return ${show(metrics.total_return)}, drawdown ${show(metrics.max_drawdown)} (ranked span: Sharpe ${show(point.metrics.sharpe)})\n`,
  );
}

export function tuneSchema(): void {
  process.stdout.write(`${JSON.stringify({ session: sessionJsonSchema(), ...tuningFileSchemas() }, null, 2)}\n`);
}

function planOf(file: string, flags: SessionFlags): Planned {
  for (const text of flags.constraint) {
    if (parseConstraint(text) === null) throw new UsageError(`--constraint ${text}: expected ${CONSTRAINT_FORM}`);
  }
  const session = loadSession(file, process.env, { data: flags.data, constraints: flags.constraint });
  const { config, origins } = session.base;
  if (isRecording(config.data.path)) {
    const market = openSweepMarket(config, session.grids, config.data.path);
    return { ...planSession(session, market, config.data.path), market, notice: `Market: recording, ${market.label}` };
  }
  const { notice, dataPath } = openMarketFor(config, origins.get("data.path")?.kind === "default");
  const market = openSweepMarket(config, session.grids, dataPath);
  return { ...planSession(session, market, dataPath), market, notice };
}

/** The market a plan was made for; another one is refused. */
function marketOf(plan: TuningPlan, dataPath: string): Market {
  const { ranked, holdout } = plan.spans;
  const point = pointConfig({ ...plan.space, paths: [] }, []);
  if (!point.ok) throw new TuningFolderError(`the base config of the plan is refused: ${point.reason}`);
  const { config } = point;
  const whole = { ...config, backtest: { ...config.backtest, end: holdout?.end ?? ranked.end } };
  const market = openSweepMarket(whole, plan.grids, dataPath);
  if (market.hash !== plan.data_hash) {
    throw new UsageError(
      `${dataPath} is not the data of this run: its hash is ${market.hash}, the plan says ${plan.data_hash}`,
    );
  }
  return market;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
