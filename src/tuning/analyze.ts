import { dailyReturns } from "../analytics/daily-returns.ts";
import { momentsOf } from "../analytics/moments.ts";
import { sharpe } from "../analytics/sharpe.ts";
import { timeframeMs } from "../market/timeframe.ts";
import { type Constraint, isKept, parseConstraint, shortfall } from "./constraint.ts";
import { walkForward } from "./folds.ts";
import { GridShape } from "./grid-shape.ts";
import type { MetricName } from "./point-metrics.ts";
import { sensitivities } from "./sensitivity.ts";
import type { SessionFile } from "./session-schema.ts";
import { cscv, cscvBlocks } from "./stats/cscv.ts";
import { deflatedSharpe } from "./stats/deflated-sharpe.ts";
import { effectiveTrials } from "./stats/effective-trials.ts";
import type { SweepPoint, SweepResults } from "./sweep-results.ts";
import {
  type Gate,
  type RankedPoint,
  TUNING_SCHEMA_VERSION,
  type TuningResults,
  type Verdict,
} from "./tuning-results.ts";
import { walkForwardResult } from "./walk-forward.ts";

/** What an analysis is asked for; a session has all of it. */
export type AnalysisSettings = Pick<
  SessionFile,
  "objective" | "constraints" | "confidence" | "folds" | "top" | "purpose"
>;

/** Fewer daily returns than this say nothing about a Sharpe ratio. */
const MIN_DAYS = 60;
/** More failed jobs than this share: something is wrong with the input, not with the points. */
const MOST_FAILED = 0.05;
const TIE_BREAKS = ["higher sharpe", "lower max_drawdown", "lower turnover", "grid order"];

interface Trial {
  readonly job: number;
  readonly point: SweepPoint;
  readonly returns: Float64Array;
}

interface Scored extends Trial {
  readonly dsr: number | null;
  readonly objective: number;
}

/**
 * Ranks a sweep and says whether any point may be offered (the `TuningAnalyzer`). A pure function of what lies in the run
 * folder: the same files give the same bytes.
 *
 * @param equity [job] daily equity of the ranked span; null = the job failed.
 */
export function analyze(
  sweep: SweepResults,
  equity: readonly (Float64Array | null)[],
  settings: AnalysisSettings,
): TuningResults {
  const constraints = settings.constraints.map((text) => parseConstraint(text) as Constraint);
  const trials = sweep.points.flatMap((point, job): Trial[] => {
    const own = equity[job];
    return own == null || point.metrics === null ? [] : [{ job, point, returns: dailyReturns(own, sweep.capital) }];
  });
  const returns = trials.map((trial) => trial.returns);
  const effective = effectiveTrials(returns);
  const lineage = sweep.lineage.status === "known" ? sweep.lineage : null;
  const total = lineage === null ? null : Math.max(1, effective + lineage.prior_effective);
  const dsrOf = new Map(trials.map(({ job, returns: own }) => [job, total === null ? null : deflated(own, total)]));
  const blocks = cscvBlocks(trials.length, sweep.days);
  const overfitting = cscv(returns, blocks) ?? { pbo: null, blocks, splits: 0 };
  const folds = walkForward(sweep.days, timeframeMs(sweep.base_timeframe) ?? Number.NaN, settings.folds);
  const forward = walkForwardResult(returns, folds);
  const control = controlOf(sweep);

  const keeping = trials.filter(({ point }) => constraints.every((each) => isKept(each, point.metrics as Metrics)));
  const shape = new GridShape(sweep.grids as never, sweep.indexes);
  const scored = rank(keeping, (trial) => {
    const dsr = dsrOf.get(trial.job) ?? null;
    const value = settings.objective === "deflated_sharpe" ? dsr : (trial.point.metrics as Metrics)[settings.objective];
    return { dsr, objective: value };
  });
  const sharpes = sweep.points.map(({ metrics }) => metrics?.sharpe ?? null);
  const session: Gate[] = [
    gateOf("walk_forward_sharpe", forward.sharpe, ">", 0),
    gateOf("sharpe_above_negative_control", control.best, ">", control.highest ?? 0),
  ];
  const top = scored.slice(0, settings.top).map((trial, i): RankedPoint => {
    const gates = [...pointGates(trial, sweep, settings), ...session];
    return {
      rank: i + 1,
      job_id: trial.point.job_id,
      params: trial.point.params,
      objective: trial.objective,
      tied_with: scored.filter(({ objective }) => objective === trial.objective).length - 1,
      metrics: trial.point.metrics as Metrics,
      folds: trial.point.folds as NonNullable<SweepPoint["folds"]>,
      deflated_sharpe: trial.dsr,
      plateau: plateauOf(shape.neighbours(trial.job), trial, sharpes),
      gates,
      is_candidate: settings.purpose === "candidates" && gates.every(({ met }) => met),
    };
  });
  const judged = judge({ sweep, settings, constraints, trials, keeping, top, scored });
  const hashes = sweep.points.map(({ result_hash }) => result_hash);
  return {
    schema_version: TUNING_SCHEMA_VERSION,
    plan_id: sweep.plan_id,
    ...judged,
    objective: settings.objective,
    constraints: [...settings.constraints],
    tie_breaks: TIE_BREAKS,
    counts: {
      points: sweep.points.length,
      failed: sweep.counts.failed,
      kept_constraints: keeping.length,
      ranked: scored.length,
    },
    trials: {
      lineage: lineage?.trials ?? null,
      effective,
      effective_total: total,
      sharpe_spread: spreadOf(trials),
    },
    overfitting,
    walk_forward: {
      sharpe: forward.sharpe,
      total_return: forward.total_return,
      chosen: forward.chosen.map((trial) => (trial === null ? null : (trials[trial] as Trial).point.job_id)),
    },
    negative_control: control,
    baselines: sweep.baselines,
    sensitivity: sensitivities(sweep.grids as never, shape, scored[0]?.job ?? 0, hashes, sharpes).map((each) => ({
      ...each,
      values: [...each.values],
    })),
    top: judged.verdict === "CANDIDATES" ? top : top.map((point) => ({ ...point, is_candidate: false })),
  };
}

type Metrics = NonNullable<SweepPoint["metrics"]>;

/**
 * Deflated Sharpe ratio of one trial among `trials` independent ones.
 *
 * The variance of a trial without skill is that of a Sharpe ratio of 0 over as many returns, 1 ÷ (T − 1), not the spread
 * seen over the points: a real edge in a part of the grid, or costs that ruin another part, would widen that spread and
 * hide the edge, and highly correlated points would narrow it and let luck pass.
 */
function deflated(returns: Float64Array, trials: number): number | null {
  const { mean, deviation, skewness, kurtosis, varies } = momentsOf(returns);
  if (!varies || returns.length < MIN_DAYS) return null;
  const trialVariance = 1 / (returns.length - 1);
  return deflatedSharpe({
    sharpe: mean / deviation,
    returns: returns.length,
    skewness,
    kurtosis,
    trialVariance,
    trials,
  });
}

/** Unknown objectives do not rank. Sorted by objective, then by the tie-breaks; sorting is stable, so grid order is last. */
function rank(
  trials: readonly Trial[],
  score: (trial: Trial) => { dsr: number | null; objective: number | null },
): Scored[] {
  const scored = trials.flatMap((trial): Scored[] => {
    const { dsr, objective } = score(trial);
    return objective === null ? [] : [{ ...trial, dsr, objective }];
  });
  const down = (a: number | null, b: number | null): number =>
    (b ?? Number.NEGATIVE_INFINITY) > (a ?? Number.NEGATIVE_INFINITY) ? 1 : a === b ? 0 : -1;
  const by = ({ point }: Scored, name: MetricName): number | null => (point.metrics as Metrics)[name];
  return scored.sort(
    (a, b) =>
      down(a.objective, b.objective) ||
      down(by(a, "sharpe"), by(b, "sharpe")) ||
      down(by(b, "max_drawdown"), by(a, "max_drawdown")) ||
      down(by(b, "turnover"), by(a, "turnover")) ||
      a.job - b.job,
  );
}

function pointGates({ point, dsr }: Scored, sweep: SweepResults, { confidence }: AnalysisSettings): Gate[] {
  const metrics = point.metrics as Metrics;
  const baseline = (name: string): number =>
    sweep.baselines.find((each) => each.name === name)?.metrics.sharpe ?? Number.NEGATIVE_INFINITY;
  return [
    gateOf("total_return", metrics.total_return, ">", 0),
    gateOf("trades", metrics.trades, ">", 0),
    gateOf("deflated_sharpe", dsr, ">=", confidence),
    gateOf("sharpe_above_current", metrics.sharpe, ">", baseline("current")),
    gateOf("sharpe_above_buy_and_hold", metrics.sharpe, ">", baseline("buy_and_hold")),
  ];
}

function gateOf(name: string, value: number | null, comparison: ">" | ">=" | "<=", bound: number): Gate {
  const met =
    value !== null && (comparison === ">" ? value > bound : comparison === ">=" ? value >= bound : value <= bound);
  return { name, value, bound: `${comparison} ${bound}`, met };
}

/** A spike stands at more than twice the median of its neighbours: a plateau would not fall so fast. */
function plateauOf(
  neighbours: readonly number[],
  { point }: Trial,
  sharpes: readonly (number | null)[],
): RankedPoint["plateau"] {
  const known = neighbours.flatMap((job) => sharpes[job] ?? []).sort((a, b) => a - b);
  const own = point.metrics?.sharpe ?? null;
  if (known.length === 0) return { neighbours: 0, median_sharpe: null, is_spike: false };
  const middle = Math.floor(known.length / 2);
  const median =
    known.length % 2 === 1
      ? (known[middle] as number)
      : ((known[middle - 1] as number) + (known[middle] as number)) / 2;
  return { neighbours: known.length, median_sharpe: median, is_spike: own !== null && own > 0 && median < own / 2 };
}

function controlOf({ negative_control: { job_id, sharpes }, points }: SweepResults): TuningResults["negative_control"] {
  const best = points.find((point) => point.job_id === job_id)?.metrics?.sharpe ?? null;
  const known = sharpes.flatMap((value) => value ?? []);
  const highest = known.length === 0 ? null : Math.max(...known);
  return { best, highest, wins: best !== null && highest !== null && highest >= best };
}

/** Standard deviation of annual Sharpe ratios over the trials. */
function spreadOf(trials: readonly Trial[]): number | null {
  const known = trials.flatMap(({ returns }) => sharpe(returns).value ?? []);
  const { deviation } = momentsOf(known);
  return Number.isFinite(deviation) ? deviation : null;
}

interface Judged {
  readonly verdict: Verdict;
  readonly reasons: string[];
  readonly binding: TuningResults["binding"];
}

function judge(input: {
  readonly sweep: SweepResults;
  readonly settings: AnalysisSettings;
  readonly constraints: readonly Constraint[];
  readonly trials: readonly Trial[];
  readonly keeping: readonly Trial[];
  readonly scored: readonly Scored[];
  readonly top: readonly RankedPoint[];
}): Judged {
  const { sweep, settings, constraints, trials, keeping, scored, top } = input;
  const invalid = invalidInput(sweep, trials);
  if (invalid.length > 0) return { verdict: "INVALID_INPUT", reasons: invalid, binding: null };
  const dull = withoutSignal(trials);
  if (dull !== null) return { verdict: "NO_SIGNAL", reasons: [dull], binding: null };

  if (keeping.length === 0) {
    const binding = tightest(constraints, trials);
    const reason = `no point keeps all constraints; ${binding.name} ${binding.bound} is missed by ${binding.short_by ?? "an unknown amount"} at best`;
    return { verdict: "NO_VIABLE_CANDIDATE", reasons: [reason], binding };
  }
  const unknown = sweep.lineage.status === "unknown" ? [`lineage unknown: ${sweep.lineage.reason}`] : [];
  if (settings.purpose === "sensitivity") {
    const reasons = ["a sensitivity table: what it varies is an assumption, and never a candidate", ...unknown];
    return { verdict: "NO_VIABLE_CANDIDATE", reasons, binding: null };
  }
  const first = top.find(({ is_candidate }) => is_candidate);
  if (first !== undefined) {
    const count = top.filter(({ is_candidate }) => is_candidate).length;
    return {
      verdict: "CANDIDATES",
      reasons: [`${count} of the top ${top.length} points pass every gate`],
      binding: null,
    };
  }
  const best = top[0];
  if (best === undefined || scored.length === 0) {
    const reasons = unknown.length > 0 ? unknown : [`no point has a ${settings.objective}`];
    return { verdict: "NO_VIABLE_CANDIDATE", reasons, binding: null };
  }
  const missed = best.gates.filter(({ met }) => !met);
  const [gate] = missed as [Gate];
  const bound = Number(gate.bound.split(" ")[1]);
  const binding = {
    name: gate.name,
    value: gate.value,
    bound: gate.bound,
    short_by: gate.value === null ? null : Math.abs(bound - gate.value),
  };
  const reasons = missed.map(
    ({ name, value, bound: wanted }) => `the best point has ${name} ${value ?? "unknown"}, wanted ${wanted}`,
  );
  return { verdict: "NO_VIABLE_CANDIDATE", reasons: [...unknown, ...reasons], binding };
}

function invalidInput({ days, counts }: SweepResults, trials: readonly Trial[]): string[] {
  const reasons: string[] = [];
  if (trials.length === 0) reasons.push("every job failed");
  else if (counts.failed > MOST_FAILED * counts.jobs)
    reasons.push(`${counts.failed} of ${counts.jobs} jobs failed, more than 5 %`);
  if (days < MIN_DAYS) reasons.push(`the ranked span has ${days} daily returns, at least ${MIN_DAYS} are needed`);
  return reasons;
}

/** Why there is nothing to choose between; null when there is. */
function withoutSignal(trials: readonly Trial[]): string | null {
  const hashes = new Set(trials.map(({ point }) => point.result_hash));
  const idle = trials.every(({ point }) => point.metrics?.trades === 0 && point.metrics.exposure === 0);
  if (idle) return "no point ever held anything";
  if (trials.length > 1 && hashes.size === 1)
    return `all ${trials.length} points are the same run: nothing that is varied has an effect`;
  const returns = trials.map(({ point }) => point.metrics?.total_return ?? 0);
  if (trials.length > 1 && Math.max(...returns) - Math.min(...returns) < 1e-9) return "all points earn the same";
  return null;
}

/** The constraint that fewest points keep, and the least by which it is missed. */
function tightest(constraints: readonly Constraint[], trials: readonly Trial[]): NonNullable<TuningResults["binding"]> {
  const rows = constraints.map((constraint) => {
    const gaps = trials.map(({ point }) => shortfall(constraint, point.metrics as Metrics));
    const known = gaps.filter((gap): gap is number => gap !== null);
    const least = known.length === 0 ? null : Math.min(...known);
    return { constraint, kept: gaps.filter((gap) => gap === 0).length, least, at: gaps.indexOf(least) };
  });
  rows.sort((a, b) => a.kept - b.kept);
  const { constraint, least, at } = rows[0] as (typeof rows)[number];
  const value = at < 0 ? null : ((trials[at] as Trial).point.metrics as Metrics)[constraint.metric];
  return { name: constraint.metric, value, bound: `${constraint.comparison} ${constraint.bound}`, short_by: least };
}
