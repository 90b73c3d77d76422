// npm run table:page-hinkley: thresholds of the life cycle's detector by mean run length, and its delays. Writes the table the
// engine reads and its part of docs/LIFECYCLE.md. Half a minute; the same numbers on every machine.

import {
  FIRST_ALARM_DAY,
  simulateDelay,
  simulateRunLengths,
} from "../dist/orchestrator/lifecycle/simulate-run-length.js";
import { percent, table, writeSection, writeTable } from "./table-files.js";

const SEED = 20_240_101;
const PATHS = 100_000;
const DELAY_PATHS = 100_000;
const DAYS = [
  90, 105, 120, 150, 180, 225, 270, 315, 365, 450, 545, 635, 730, 910, 1095, 1275, 1460, 1825, 2190, 2555, 2920, 3285,
  3650,
];
/** λ are solved on a grid of this step, where the mean run length is a straight line to 0.1 %. */
const STEP = 0.25;
const LARGEST_LAMBDA = 58;
const DEFAULT_DAYS = 730;
const UNCHANGED_DAYS = 250;
const DROPS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

const lambdas = Array.from({ length: LARGEST_LAMBDA / STEP }, (_, i) => (i + 1) * STEP);
const means = simulateRunLengths(SEED, PATHS, lambdas);

/** The mean run length of a λ, and its standard error. */
function runLengthOf(lambda) {
  const at = lambda / STEP - 1;
  const low = Math.floor(at);
  const [a, b] = [means[low], means[low + 1] ?? means[low]];
  return { days: a.mean + (b.mean - a.mean) * (at - low), relativeError: a.standardError / a.mean };
}

function lambdaOf(days) {
  const above = means.findIndex(({ mean }) => mean >= days);
  if (above < 1) throw new Error(`${days} days are outside the simulated run lengths`);
  const [a, b] = [means[above - 1].mean, means[above].mean];
  return Number((lambdas[above - 1] + (STEP * (days - a)) / (b - a)).toFixed(3));
}

const entries = DAYS.map((days) => ({ days, lambda: lambdaOf(days) }));
const worstError = Math.max(...entries.map(({ lambda }) => runLengthOf(lambda).relativeError));
const between = entries.slice(1).map(({ days, lambda }, i) => {
  const before = entries[i];
  const middle = (days + before.days) / 2;
  return runLengthOf((lambda + before.lambda) / 2).days / middle - 1;
});
const worstBetween = between.reduce((worst, gap) => (Math.abs(gap) > Math.abs(worst) ? gap : worst), 0);

const lambda = entries.find(({ days }) => days === DEFAULT_DAYS).lambda;
const delays = DROPS.map((drop) => {
  const { mean, median, standardError, measured } = simulateDelay(SEED, DELAY_PATHS, lambda, drop, UNCHANGED_DAYS);
  return { drop, median, mean: Number(mean.toFixed(1)), standard_error: Number(standardError.toFixed(2)), measured };
});

writeTable(
  "page-hinkley",
  "npm run table:page-hinkley",
  `/** λ by mean run length, days ascending. */
export const RUN_LENGTHS: readonly { readonly days: number; readonly lambda: number }[] = ${JSON.stringify(entries)};

/** Days from a drop of the mean (in deviations), after ${UNCHANGED_DAYS} unchanged days without an alarm, to the alarm, with the λ of ${DEFAULT_DAYS} days. */
export const DELAYS: readonly { readonly drop: number; readonly median: number; readonly mean: number }[] =
  ${JSON.stringify(delays.map(({ drop, median, mean }) => ({ drop, median, mean })))};

/** What they were made with. */
export const PAGE_HINKLEY_RUN = ${JSON.stringify({ seed: SEED, paths: PATHS, delay_paths: DELAY_PATHS, unchanged_days: UNCHANGED_DAYS, days: DEFAULT_DAYS })} as const;
`,
);

writeSection(
  "page-hinkley",
  `\`npm run table:page-hinkley\`: seed ${SEED}, ${PATHS.toLocaleString("en")} lives; standard error of every mean run length ≤ ${percent(worstError, 2)} of it.

${table(
  ["mean run length, days", "λ"],
  entries.map((entry) => [entry.days, entry.lambda.toFixed(2)]),
)}

Between entries λ is linear in days; halfway between two entries, where that is worst, the mean run length misses its target by at
most ${percent(Math.abs(worstBetween), 1)}. Targets below ${DAYS[0]} or above ${DAYS.at(-1)} days are refused: no alarm is possible before day ${FIRST_ALARM_DAY}.

Delays with λ = ${lambda.toFixed(2)} (${DEFAULT_DAYS} days): the mean falls after ${UNCHANGED_DAYS} unchanged days, first changed day = day 1, on the ${delays[0].measured.toLocaleString("en")} of ${DELAY_PATHS.toLocaleString("en")}
lives without an alarm until then; standard error of every mean ≤ ${percent(Math.max(...delays.map((d) => d.standard_error / d.mean)), 2)} of it.

${table(
  ["drop, σ per day", ...DROPS],
  [
    ["median days", ...delays.map(({ median }) => median)],
    ["mean days", ...delays.map(({ mean }) => mean.toFixed(0))],
  ],
)}`,
);
