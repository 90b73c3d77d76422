// Made by `npm run table:page-hinkley`, do not edit. Definitions and standard errors: docs/LIFECYCLE.md.

/** λ by mean run length, days ascending. */
export const RUN_LENGTHS: readonly { readonly days: number; readonly lambda: number }[] = [
  { days: 90, lambda: 5.809 },
  { days: 105, lambda: 6.972 },
  { days: 120, lambda: 7.911 },
  { days: 150, lambda: 9.476 },
  { days: 180, lambda: 10.789 },
  { days: 225, lambda: 12.489 },
  { days: 270, lambda: 13.999 },
  { days: 315, lambda: 15.347 },
  { days: 365, lambda: 16.738 },
  { days: 450, lambda: 18.851 },
  { days: 545, lambda: 20.974 },
  { days: 635, lambda: 22.813 },
  { days: 730, lambda: 24.587 },
  { days: 910, lambda: 27.625 },
  { days: 1095, lambda: 30.422 },
  { days: 1275, lambda: 33.012 },
  { days: 1460, lambda: 35.407 },
  { days: 1825, lambda: 39.725 },
  { days: 2190, lambda: 43.586 },
  { days: 2555, lambda: 47.211 },
  { days: 2920, lambda: 50.569 },
  { days: 3285, lambda: 53.633 },
  { days: 3650, lambda: 56.573 },
];

/** Days from a drop of the mean (in deviations), after 250 unchanged days without an alarm, to the alarm, with the λ of 730 days. */
export const DELAYS: readonly { readonly drop: number; readonly median: number; readonly mean: number }[] = [
  { drop: 0.1, median: 194, mean: 428.5 },
  { drop: 0.2, median: 100, mean: 262.4 },
  { drop: 0.3, median: 65, mean: 138.3 },
  { drop: 0.4, median: 48, mean: 72.9 },
  { drop: 0.5, median: 38, mean: 46.4 },
  { drop: 0.6, median: 32, mean: 34.9 },
  { drop: 0.7, median: 27, mean: 28.9 },
  { drop: 0.8, median: 24, mean: 24.6 },
  { drop: 0.9, median: 21, mean: 21.6 },
  { drop: 1, median: 19, mean: 19.2 },
];

/** What they were made with. */
export const PAGE_HINKLEY_RUN = {
  seed: 20240101,
  paths: 100000,
  delay_paths: 100000,
  unchanged_days: 250,
  days: 730,
} as const;
