// Made by `npm run table:lifecycle`, do not edit. Definitions and standard errors: docs/LIFECYCLE.md.

import type { Characteristics } from "../simulate-lifecycle.ts";

/** The settings of `retirement` that were simulated. */
export const TABULATED_VARIANTS = [
  {
    name: "default",
    retirement: {
      max_drawdown_breach: 0.25,
      consecutive_loss_months: 6,
      rolling_sharpe_floor: 0.3,
      warning_days: 30,
      probation_days: 30,
    },
  },
  {
    name: "90/30",
    retirement: {
      max_drawdown_breach: 0.25,
      consecutive_loss_months: 6,
      rolling_sharpe_floor: 0.3,
      warning_days: 90,
      probation_days: 30,
    },
  },
  {
    name: "60/60",
    retirement: {
      max_drawdown_breach: 0.25,
      consecutive_loss_months: 6,
      rolling_sharpe_floor: 0.3,
      warning_days: 60,
      probation_days: 60,
    },
  },
  {
    name: "calibrated",
    retirement: {
      max_drawdown_breach: 0.28,
      consecutive_loss_months: 6,
      rolling_sharpe_floor: 0.3,
      warning_days: 120,
      probation_days: 60,
    },
  },
] as const;

/** All others that matter, the defaults. */
export const TABULATED_SETTINGS = {
  degradation: { delta: 0.005, alpha: 0.9999, target_false_alarm_days: 730 },
  graduation: {
    min_live_days: 90,
    min_sharpe: 1,
    max_drawdown: 0.15,
    min_trade_count: 30,
    min_calmar: 0.8,
    max_backtest_live_gap: 0.3,
    max_portfolio_correlation: 0.5,
  },
  risk: { max_drawdown: 0.15, drawdown_warning: 0.1 },
} as const;

export const OPERATING_CHARACTERISTICS: readonly (Characteristics & { readonly settings: string })[] = [
  {
    settings: "default",
    start: "production",
    deviation: 0.01,
    paths: 10000,
    healthy: [
      { sharpe: 1.5, retired: 0.4438, by_drawdown: 0.0188, by_months: 0.0037, by_probation: 0.4213 },
      { sharpe: 2.5, retired: 0.179, by_drawdown: 0.0028, by_months: 0.0009, by_probation: 0.1753 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.7986, retired: 0.9399, median_days_to_warning: 59 },
      { sharpe_after: 0, trusted: 0.7986, retired: 0.6773, median_days_to_warning: 87 },
    ],
  },
  {
    settings: "default",
    start: "production",
    deviation: 0.016,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.7053, by_drawdown: 0.2742, by_months: 0.0008, by_probation: 0.4303 },
      { sharpe: 2.5, retired: 0.393, by_drawdown: 0.1318, by_months: 0, by_probation: 0.2612 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.583, retired: 0.9807, median_days_to_warning: 42 },
      { sharpe_after: 0, trusted: 0.583, retired: 0.8388, median_days_to_warning: 64 },
    ],
  },
  {
    settings: "default",
    start: "production",
    deviation: 0.021,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.87, by_drawdown: 0.6145, by_months: 0.0003, by_probation: 0.2552 },
      { sharpe: 2.5, retired: 0.6052, by_drawdown: 0.4085, by_months: 0, by_probation: 0.1968 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.3915, retired: 0.9949, median_days_to_warning: 27 },
      { sharpe_after: 0, trusted: 0.3915, retired: 0.9144, median_days_to_warning: 41 },
    ],
  },
  {
    settings: "default",
    start: "incubation",
    deviation: 0.01,
    paths: 10000,
    healthy: [
      { sharpe: 1.5, retired: 0.3613, by_drawdown: 0.0339, by_months: 0.0057, by_probation: 0.3217 },
      { sharpe: 2.5, retired: 0.1525, by_drawdown: 0.0042, by_months: 0.0007, by_probation: 0.1476 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.7555, retired: 0.9382, median_days_to_warning: 64 },
      { sharpe_after: 0, trusted: 0.7555, retired: 0.6725, median_days_to_warning: 96 },
    ],
  },
  {
    settings: "default",
    start: "incubation",
    deviation: 0.016,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.616, by_drawdown: 0.3543, by_months: 0.0015, by_probation: 0.2602 },
      { sharpe: 2.5, retired: 0.3367, by_drawdown: 0.1487, by_months: 0, by_probation: 0.188 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.468, retired: 0.9834, median_days_to_warning: 42 },
      { sharpe_after: 0, trusted: 0.468, retired: 0.8397, median_days_to_warning: 64 },
    ],
  },
  {
    settings: "default",
    start: "incubation",
    deviation: 0.021,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.828, by_drawdown: 0.7258, by_months: 0.0003, by_probation: 0.102 },
      { sharpe: 2.5, retired: 0.5543, by_drawdown: 0.4502, by_months: 0, by_probation: 0.104 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.2557, retired: 0.9941, median_days_to_warning: 28 },
      { sharpe_after: 0, trusted: 0.2557, retired: 0.9062, median_days_to_warning: 43 },
    ],
  },
  {
    settings: "90/30",
    start: "production",
    deviation: 0.01,
    paths: 10000,
    healthy: [
      { sharpe: 1.5, retired: 0.1529, by_drawdown: 0.0589, by_months: 0.0097, by_probation: 0.0843 },
      { sharpe: 2.5, retired: 0.0272, by_drawdown: 0.0084, by_months: 0.002, by_probation: 0.0168 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.9454, retired: 0.8531, median_days_to_warning: 59 },
      { sharpe_after: 0, trusted: 0.9454, retired: 0.4246, median_days_to_warning: 88 },
    ],
  },
  {
    settings: "90/30",
    start: "production",
    deviation: 0.016,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.4743, by_drawdown: 0.4455, by_months: 0.002, by_probation: 0.0267 },
      { sharpe: 2.5, retired: 0.1948, by_drawdown: 0.1827, by_months: 0.0003, by_probation: 0.0118 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.7562, retired: 0.964, median_days_to_warning: 40 },
      { sharpe_after: 0, trusted: 0.7562, retired: 0.718, median_days_to_warning: 63 },
    ],
  },
  {
    settings: "90/30",
    start: "production",
    deviation: 0.021,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.789, by_drawdown: 0.7835, by_months: 0.0003, by_probation: 0.0053 },
      { sharpe: 2.5, retired: 0.4858, by_drawdown: 0.4823, by_months: 0, by_probation: 0.0035 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.492, retired: 0.9888, median_days_to_warning: 28 },
      { sharpe_after: 0, trusted: 0.492, retired: 0.8882, median_days_to_warning: 41 },
    ],
  },
  {
    settings: "90/30",
    start: "incubation",
    deviation: 0.01,
    paths: 10000,
    healthy: [
      { sharpe: 1.5, retired: 0.1348, by_drawdown: 0.0635, by_months: 0.0107, by_probation: 0.0606 },
      { sharpe: 2.5, retired: 0.0246, by_drawdown: 0.0088, by_months: 0.0019, by_probation: 0.0139 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.8392, retired: 0.8513, median_days_to_warning: 64 },
      { sharpe_after: 0, trusted: 0.8392, retired: 0.4223, median_days_to_warning: 96 },
    ],
  },
  {
    settings: "90/30",
    start: "incubation",
    deviation: 0.016,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.4698, by_drawdown: 0.4515, by_months: 0.002, by_probation: 0.0163 },
      { sharpe: 2.5, retired: 0.1918, by_drawdown: 0.1842, by_months: 0.0003, by_probation: 0.0073 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.5505, retired: 0.9664, median_days_to_warning: 41 },
      { sharpe_after: 0, trusted: 0.5505, retired: 0.7198, median_days_to_warning: 64 },
    ],
  },
  {
    settings: "90/30",
    start: "incubation",
    deviation: 0.021,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.7867, by_drawdown: 0.7853, by_months: 0.0003, by_probation: 0.0013 },
      { sharpe: 2.5, retired: 0.4853, by_drawdown: 0.4835, by_months: 0, by_probation: 0.0018 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.289, retired: 0.9888, median_days_to_warning: 28 },
      { sharpe_after: 0, trusted: 0.289, retired: 0.8841, median_days_to_warning: 43 },
    ],
  },
  {
    settings: "60/60",
    start: "production",
    deviation: 0.01,
    paths: 10000,
    healthy: [
      { sharpe: 1.5, retired: 0.1853, by_drawdown: 0.0571, by_months: 0.0095, by_probation: 0.1187 },
      { sharpe: 2.5, retired: 0.0402, by_drawdown: 0.0079, by_months: 0.002, by_probation: 0.0303 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.9351, retired: 0.8656, median_days_to_warning: 59 },
      { sharpe_after: 0, trusted: 0.9351, retired: 0.4626, median_days_to_warning: 88 },
    ],
  },
  {
    settings: "60/60",
    start: "production",
    deviation: 0.016,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.4918, by_drawdown: 0.4358, by_months: 0.0018, by_probation: 0.0542 },
      { sharpe: 2.5, retired: 0.2055, by_drawdown: 0.181, by_months: 0.0003, by_probation: 0.0243 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.7465, retired: 0.9658, median_days_to_warning: 41 },
      { sharpe_after: 0, trusted: 0.7465, retired: 0.7304, median_days_to_warning: 63 },
    ],
  },
  {
    settings: "60/60",
    start: "production",
    deviation: 0.021,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.7937, by_drawdown: 0.7782, by_months: 0.0003, by_probation: 0.0152 },
      { sharpe: 2.5, retired: 0.4915, by_drawdown: 0.4805, by_months: 0, by_probation: 0.011 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.4885, retired: 0.9887, median_days_to_warning: 28 },
      { sharpe_after: 0, trusted: 0.4885, retired: 0.8895, median_days_to_warning: 41 },
    ],
  },
  {
    settings: "60/60",
    start: "incubation",
    deviation: 0.01,
    paths: 10000,
    healthy: [
      { sharpe: 1.5, retired: 0.1591, by_drawdown: 0.0612, by_months: 0.0106, by_probation: 0.0873 },
      { sharpe: 2.5, retired: 0.0349, by_drawdown: 0.0084, by_months: 0.0019, by_probation: 0.0246 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.8364, retired: 0.8649, median_days_to_warning: 65 },
      { sharpe_after: 0, trusted: 0.8364, retired: 0.4588, median_days_to_warning: 97 },
    ],
  },
  {
    settings: "60/60",
    start: "incubation",
    deviation: 0.016,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.4813, by_drawdown: 0.4467, by_months: 0.002, by_probation: 0.0325 },
      { sharpe: 2.5, retired: 0.201, by_drawdown: 0.1822, by_months: 0.0003, by_probation: 0.0185 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.5455, retired: 0.9679, median_days_to_warning: 42 },
      { sharpe_after: 0, trusted: 0.5455, retired: 0.7346, median_days_to_warning: 64 },
    ],
  },
  {
    settings: "60/60",
    start: "incubation",
    deviation: 0.021,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.7905, by_drawdown: 0.783, by_months: 0.0003, by_probation: 0.0073 },
      { sharpe: 2.5, retired: 0.4885, by_drawdown: 0.4825, by_months: 0, by_probation: 0.006 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.2865, retired: 0.9887, median_days_to_warning: 28 },
      { sharpe_after: 0, trusted: 0.2865, retired: 0.8848, median_days_to_warning: 43 },
    ],
  },
  {
    settings: "calibrated",
    start: "production",
    deviation: 0.01,
    paths: 10000,
    healthy: [
      { sharpe: 1.5, retired: 0.0912, by_drawdown: 0.0297, by_months: 0.0147, by_probation: 0.0468 },
      { sharpe: 2.5, retired: 0.0114, by_drawdown: 0.003, by_months: 0.0028, by_probation: 0.0056 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.9731, retired: 0.7828, median_days_to_warning: 59 },
      { sharpe_after: 0, trusted: 0.9731, retired: 0.3227, median_days_to_warning: 87 },
    ],
  },
  {
    settings: "calibrated",
    start: "production",
    deviation: 0.016,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.334, by_drawdown: 0.3123, by_months: 0.0045, by_probation: 0.0173 },
      { sharpe: 2.5, retired: 0.103, by_drawdown: 0.0988, by_months: 0.0008, by_probation: 0.0035 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.8425, retired: 0.9371, median_days_to_warning: 41 },
      { sharpe_after: 0, trusted: 0.8425, retired: 0.6243, median_days_to_warning: 63 },
    ],
  },
  {
    settings: "calibrated",
    start: "production",
    deviation: 0.021,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.645, by_drawdown: 0.6428, by_months: 0.0008, by_probation: 0.0015 },
      { sharpe: 2.5, retired: 0.3177, by_drawdown: 0.3157, by_months: 0.0003, by_probation: 0.0018 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.6305, retired: 0.9798, median_days_to_warning: 27 },
      { sharpe_after: 0, trusted: 0.6305, retired: 0.8204, median_days_to_warning: 41 },
    ],
  },
  {
    settings: "calibrated",
    start: "incubation",
    deviation: 0.01,
    paths: 10000,
    healthy: [
      { sharpe: 1.5, retired: 0.0771, by_drawdown: 0.0318, by_months: 0.0147, by_probation: 0.0306 },
      { sharpe: 2.5, retired: 0.0107, by_drawdown: 0.0031, by_months: 0.0028, by_probation: 0.0048 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.8544, retired: 0.7809, median_days_to_warning: 64 },
      { sharpe_after: 0, trusted: 0.8544, retired: 0.3186, median_days_to_warning: 96 },
    ],
  },
  {
    settings: "calibrated",
    start: "incubation",
    deviation: 0.016,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.329, by_drawdown: 0.3142, by_months: 0.0045, by_probation: 0.0103 },
      { sharpe: 2.5, retired: 0.1013, by_drawdown: 0.0988, by_months: 0.0008, by_probation: 0.0018 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.5998, retired: 0.9383, median_days_to_warning: 41 },
      { sharpe_after: 0, trusted: 0.5998, retired: 0.6269, median_days_to_warning: 65 },
    ],
  },
  {
    settings: "calibrated",
    start: "incubation",
    deviation: 0.021,
    paths: 4000,
    healthy: [
      { sharpe: 1.5, retired: 0.6448, by_drawdown: 0.6438, by_months: 0.0008, by_probation: 0.0003 },
      { sharpe: 2.5, retired: 0.317, by_drawdown: 0.316, by_months: 0.0003, by_probation: 0.0008 },
    ],
    fallen: [
      { sharpe_after: -1.5, trusted: 0.3458, retired: 0.9812, median_days_to_warning: 27 },
      { sharpe_after: 0, trusted: 0.3458, retired: 0.8221, median_days_to_warning: 43 },
    ],
  },
];

export const OPERATING_CHARACTERISTICS_SEED = 20240102;
