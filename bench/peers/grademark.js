// grademark knows neither fees nor sizes: its trades are valued with our sizing rule, and ours runs without costs.

import { WEIGHT } from "./rules.js";

export function runGrademark(require, bars, wanted, capital) {
  const { DataFrame } = require("data-forge");
  const { backtest } = require("grademark");
  const rows = Array.from(bars.timeMs, (time, i) => ({
    time: new Date(time),
    open: bars.open[i],
    high: bars.high[i],
    low: bars.low[i],
    close: bars.close[i],
    wanted: wanted[i],
  }));
  const series = new DataFrame({ values: rows, index: rows.map((_, i) => i) });
  const strategy = {
    entryRule: (enter, { bar }) => {
      if (bar.wanted) enter();
    },
    exitRule: (exit, { bar }) => {
      if (!bar.wanted) exit();
    },
  };
  const begin = process.hrtime.bigint();
  const trades = backtest(strategy, series);
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;

  const at = new Map(rows.map((row, i) => [row.time.getTime(), i]));
  let cash = capital;
  for (const trade of trades) {
    const entry = at.get(trade.entryTime.getTime());
    const units = Math.trunc(((WEIGHT * cash) / bars.close[entry - 1]) * 1e8) / 1e8;
    cash += units * (trade.exitPrice - trade.entryPrice);
  }
  const closed = trades.filter(({ exitReason }) => exitReason !== "finalize").length;
  return { trades: closed, equity: cash, seconds, version: require("grademark/package.json").version };
}
