// The runs whose reports are looked at, each with what is particular about it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const PORTFOLIO = ["orchestrate", "backtest"];
const SYNTHETIC = "data: {path: synthetic, funding: none}";

/** [name, files of the folder, commands]; the last run of the folder is looked at. */
export const CASES = [
  {
    name: "portfolio",
    commands: [
      [...PORTFOLIO, resolve("config/seven-pods.yaml")],
      ["orchestrate", "report"],
    ],
    sections: ["allocation", "lifecycle", "risk", "trades", "counterfactual"],
  },
  {
    name: "one strategy",
    commands: [["eda", "run", resolve("config/single-strategy.yaml"), "--data", "synthetic", "--report"]],
    missing: ["allocation", "lifecycle", "risk", "counterfactual", "correlation"],
  },
  {
    name: "a year of minutes",
    commands: [[...PORTFOLIO, resolve("config/minute-stops.yaml"), "--report"]],
    sections: ["allocation"],
  },
  {
    name: "fifty pods over ten years of days",
    files: { ...tenYears(), "fifty.yaml": fiftyPods() },
    commands: [[...PORTFOLIO, "fifty.yaml", "--data", "data", "--report"]],
    sections: ["allocation", "lifecycle"],
  },
  {
    name: "liquidated",
    files: { "liquidated.yaml": liquidated() },
    commands: [[...PORTFOLIO, "liquidated.yaml", "--report"]],
    text: [/The account was liquidated on \d{4}-\d\d-\d\d/, /◆ liquidation/],
  },
  {
    name: "no trade",
    files: { "silent.yaml": silent() },
    commands: [[...PORTFOLIO, "silent.yaml", "--report"]],
    text: [/Nothing was traded/, /Never traded/],
  },
  {
    name: "one day",
    commands: [
      [
        ...["backtest", "run", "tsmom", "BTC/USDT", "--data", "synthetic", "--report"],
        ...["--start", "2024-01-01", "--end", "2024-01-01"],
      ],
    ],
    missing: ["allocation", "correlation"],
  },
];

export function writeFiles(folder, files = {}) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Six random walks of 3,653 days from an integer generator: the same on every machine. */
function tenYears() {
  let seed = 12_345;
  const uniform = () => {
    seed = (1_103_515_245 * seed + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  const files = {};
  for (const symbol of ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"]) {
    const lines = ["timestamp,open,high,low,close,volume"];
    let price = 100;
    for (let day = 0; day < 3653; day++) {
      const date = new Date(Date.UTC(2016, 0, 1 + day)).toISOString();
      const close = price * (1 + 0.0004 + 0.06 * (uniform() + uniform() - 1));
      const [high, low] = [Math.max(price, close) * 1.005, Math.min(price, close) * 0.995];
      lines.push([date, price, high, low, close, 1000].join(","));
      price = close;
    }
    files[`data/1d/${symbol}-USDT-1d.csv`] = `${lines.join("\n")}\n`;
  }
  return files;
}

function fiftyPods() {
  const symbols = ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"].map((base) => `${base}/USDT`);
  const strategies = ["tsmom", "donchian", "donchian-ensemble", "vol-adaptive", "vw-tsmom"];
  const pods = Array.from({ length: 50 }, (_, i) => ({
    pod_id: `pod-${String(i + 1).padStart(2, "0")}`,
    strategy: strategies[i % 5],
    symbols: [symbols[i % 6], symbols[(i + 1 + (i % 5)) % 6]],
    initial_state: i % 3 === 0 ? "incubation" : "production",
    initial_fraction: 0.018,
    min_fraction: 0.005,
  }));
  return JSON.stringify({
    orchestrator: { max_pods: 50 },
    pods,
    backtest: { start: "2016-01-01", end: "2025-12-31", capital: 100_000 },
    data: { funding: "none" },
  });
}

function liquidated() {
  return `orchestrator:
  risk: {max_gross_leverage: 20, max_portfolio_drawdown: 0.99, daily_loss_limit: 0.99, max_portfolio_volatility: 5}
  retirement: {max_drawdown_breach: 0.99, consecutive_loss_months: 60}
pods:
  - pod_id: reckless
    strategy: tsmom
    params: {lookback: 20, vol_target: 10}
    symbols: [BTC/USDT]
    initial_state: production
    initial_fraction: 1
    max_fraction: 1
    risk: {max_leverage: 20, max_drawdown: 0.98, system_stop_loss: null}
backtest: {start: "2021-01-01", end: "2023-12-31", capital: 100000}
${SYNTHETIC}
`;
}

/** Too few days for its lookback, and no warm-up. */
function silent() {
  return `pods:
  - pod_id: patient
    strategy: tsmom
    params: {lookback: 200}
    symbols: [BTC/USDT]
    initial_fraction: 0.4
backtest: {start: "2024-01-01", end: "2024-03-31", capital: 100000}
data: {path: synthetic, funding: none, warmup_bars: 0}
`;
}
