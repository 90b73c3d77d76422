// npm run table:lifecycle: how often the life cycle retires healthy pods and how soon it retires fallen ones. Writes the table the
// result header reads and its part of docs/LIFECYCLE.md. Some five minutes; the same numbers on every machine.

import { RETIREMENT_PRESETS } from "../dist/config/sections/retirement.js";
import { resolveConfig } from "../dist/index.js";
import { lambdaFor } from "../dist/orchestrator/lifecycle/false-alarm-lambda.js";
import { characteristics, LifecycleSimulation } from "../dist/orchestrator/lifecycle/simulate-lifecycle.js";
import { percent, table, writeSection, writeTable } from "./table-files.js";

const SEED = 20_240_102;
/** Lives per outcome: more where the preset was tuned and the result header looks. */
const DEVIATIONS = [
  { deviation: 0.01, paths: 10_000 },
  { deviation: 0.016, paths: 4_000 },
  { deviation: 0.021, paths: 4_000 },
];
const STARTS = ["production", "incubation"];

const { orchestrator, pods } = resolveConfig({ pods: [{ pod_id: "a", strategy: "tsmom", symbols: ["BTC/USDT"] }] });
const [pod] = pods;
const { degradation, graduation } = orchestrator;
const lambda = lambdaFor(degradation.target_false_alarm_days);
const standard = RETIREMENT_PRESETS.default;
const variants = [
  { name: "default", retirement: standard },
  { name: "90/30", retirement: { ...standard, warning_days: 90 } },
  { name: "60/60", retirement: { ...standard, warning_days: 60, probation_days: 60 } },
  { name: "calibrated", retirement: RETIREMENT_PRESETS.calibrated },
];

const rows = variants.flatMap(({ name, retirement }) =>
  STARTS.flatMap((start) =>
    DEVIATIONS.map(({ deviation, paths }) => {
      const simulation = new LifecycleSimulation({ ...orchestrator, retirement }, pod, lambda, SEED);
      console.error(`${name}, from ${start}, ${percent(deviation, 1)} deviation`);
      return { settings: name, ...characteristics(simulation, start, deviation, paths) };
    }),
  ),
);

const { max_drawdown, drawdown_warning } = pod.risk;
const { delta, alpha, target_false_alarm_days } = degradation;
const settings = {
  degradation: { delta, alpha, target_false_alarm_days },
  graduation,
  risk: { max_drawdown, drawdown_warning },
};
const roundShares = (_key, value) => (typeof value === "number" ? Number(value.toFixed(4)) : value);
writeTable(
  "operating-characteristics",
  "npm run table:lifecycle",
  `import type { Characteristics } from "../simulate-lifecycle.ts";

/** The settings of \`retirement\` that were simulated. */
export const TABULATED_VARIANTS = ${JSON.stringify(variants)} as const;

/** All others that matter, the defaults. */
export const TABULATED_SETTINGS = ${JSON.stringify(settings)} as const;

export const OPERATING_CHARACTERISTICS: readonly (Characteristics & { readonly settings: string })[] = ${JSON.stringify(rows, roundShares)};

export const OPERATING_CHARACTERISTICS_SEED = ${SEED};
`,
);

const days = (value) => (value === null ? "> 365" : value);
const share = (value) => percent(value, 1);
const sections = DEVIATIONS.map(({ deviation, paths }) => {
  const body = rows
    .filter((row) => row.deviation === deviation)
    .map(({ settings: name, start, healthy: [good, better], fallen: [bad, idle] }) => [
      name,
      start.toUpperCase(),
      `**${share(good.retired)}**`,
      `${share(good.by_drawdown)} / ${share(good.by_months)} / ${share(good.by_probation)}`,
      share(better.retired),
      share(bad.trusted),
      `**${share(bad.retired)}**`,
      days(bad.median_days_to_warning),
      share(idle.retired),
      days(idle.median_days_to_warning),
    ]);
  // The largest standard error of a share, at one half, on all pods and on the fewest that were trusted.
  const fewest = Math.min(...rows.filter((row) => row.deviation === deviation).map(({ fallen }) => fallen[0].trusted));
  return `**${percent(deviation, 1)} daily deviation** (${paths.toLocaleString("en")} lives per share; standard error at most ${percent(0.5 / Math.sqrt(paths), 2)} of healthy pods, ${percent(0.5 / Math.sqrt(paths * fewest), 2)} of fallen ones)

${table(
  [
    "settings",
    "start",
    "retired, Sharpe 1.5",
    "by drawdown / months / probation",
    "retired, Sharpe 2.5",
    "trusted at the fall",
    "retired, fall to −1.5",
    "days to WARNING",
    "retired, fall to 0",
    "days to WARNING",
  ],
  body,
)}`;
});
writeSection(
  "operating-characteristics",
  `\`npm run table:lifecycle\`: seed ${SEED}, λ = ${lambda}.

${table(
  ["settings", ...Object.keys(standard)],
  variants.map(({ name, retirement }) => [name, ...Object.keys(standard).map((key) => retirement[key])]),
)}

${sections.join("\n\n")}`,
);
