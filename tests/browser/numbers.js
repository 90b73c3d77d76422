// What a page shows against result.json. Months and years are worked out here once more, from the daily closes alone.
import assert from "node:assert/strict";

/** Shown text against a number: as many decimals as are shown, or the reason why there is none. */
export function same(text, { value, reason }, scale, where) {
  const what = `${where}: shown ${JSON.stringify(text)}, expected ${value === null ? reason : scale * value}`;
  assert.equal(typeof text, "string", what);
  if (value === null) {
    assert.ok(text.startsWith("n/a") && text.includes(reason), what);
    return;
  }
  const plain = text.replace(/[+,%×]|days/g, "").trim();
  assert.match(plain, /^-?\d+(\.\d+)?$/, what);
  const unit = 10 ** -(plain.split(".")[1] ?? "").length;
  assert.ok(Math.abs(Number(plain) - scale * value) <= 0.5 * unit + 1e-9 * Math.abs(scale * value) + 1e-9, what);
}

const known = (value) => ({ value });

export function checkNumbers({ metrics, tables }, result) {
  checkTiles(metrics, result);
  checkFigures(tables.figures, result);
  checkPods(tables["pod-table"], result);
  checkMonths(tables.monthly, result);
  checkMoney(tables, result);
  checkIdentity(tables, result);
  const { lifecycle_events: changes, risk_events: events, header } = result;
  if (header.orchestration === null) return;
  assert.equal(tables.changes?.length ?? 0, changes.length, "changes of state");
  for (const [i, { date, pod_id }] of changes.entries())
    assert.deepEqual(tables.changes[i].slice(0, 2), [date, pod_id], `change ${i}`);
  assert.equal(tables["risk-events"]?.length ?? 0, events.length, "halts and alerts");
}

function checkTiles(metrics, { portfolio, benchmark }) {
  const percents = {
    total_return: portfolio.total_return,
    max_drawdown: portfolio.max_drawdown,
    cagr: portfolio.cagr,
    volatility: portfolio.volatility,
    benchmark_total_return: benchmark.total_return,
  };
  for (const [key, metric] of Object.entries(percents)) same(metrics[key], metric, 100, key);
  same(metrics.sharpe_ratio, portfolio.sharpe_ratio, 1, "sharpe_ratio");
  same(metrics.end_equity, known(portfolio.end_equity), 1, "end_equity");
  same(metrics.trade_count, known(portfolio.trade_count), 1, "trade_count");
}

function checkFigures(rows, { portfolio, benchmark, costs }) {
  const shown = new Map(rows.map(([name, ...cells]) => [name, cells]));
  const take = (name) => {
    const cells = shown.get(name);
    assert.ok(cells, `figures: no row ${name}`);
    shown.delete(name);
    return cells;
  };
  const both = [
    ["Total return", "total_return", 100],
    ["CAGR", "cagr", 100],
    ["Volatility", "volatility", 100],
    ["Sharpe ratio", "sharpe_ratio", 1],
    ["standard error", "sharpe_standard_error", 1],
    ["Sortino ratio", "sortino_ratio", 1],
    ["Calmar ratio", "calmar_ratio", 1],
    ["Max drawdown, daily closes", "max_drawdown", 100],
  ];
  for (const [name, key, scale] of both) {
    const [own, held] = take(name);
    same(own, portfolio[key], scale, name);
    same(held, benchmark[key], scale, `${name} of buy and hold`);
  }
  const [own, held] = take("Final equity");
  same(own, known(portfolio.end_equity), 1, "Final equity");
  same(held, known(benchmark.end_equity), 1, "Final equity of buy and hold");
  const single = [
    ["before costs", costs.total_return_before_costs, 100],
    ["Max drawdown, all slices", portfolio.max_drawdown_at_slices, 100],
    ["Win rate", portfolio.win_rate, 100],
    ["Profit factor", portfolio.profit_factor, 1],
    ["Trades", known(portfolio.trade_count), 1],
    ["Turnover per year", portfolio.turnover, 1],
    ["Time in market", portfolio.exposure, 100],
    ["Mean gross leverage", portfolio.mean_gross_leverage, 1],
  ];
  for (const [name, metric, scale] of single) same(take(name)[0], metric, scale, name);
  const period = portfolio.max_drawdown_period;
  const [span] = take("from peak to recovery");
  assert.equal(span, period === null ? "" : `${period.peak} to ${period.recovered ?? "the end"}`);
  if (period !== null) same(take("length")[0], known(period.length_days), 1, "length of the drawdown");
  else take("length");
  assert.deepEqual([...shown.keys()], [], "figures that nobody checks");
}

function checkPods(rows, { pods, attribution }) {
  assert.equal(rows.length, pods.length);
  for (const [p, { pod_id, strategy, capital_fraction, performance, netting_saving }] of pods.entries()) {
    const [name, shownStrategy, , capital, pnl, ...rest] = rows[p];
    const row = attribution.pods[p];
    assert.deepEqual([name, shownStrategy], [pod_id, strategy]);
    same(capital, known(capital_fraction), 100, `capital of ${pod_id}`);
    same(pnl, known((row.end_micro - row.start_micro - row.transfers_micro) / 1e6), 1, `P&L of ${pod_id}`);
    const metrics = [
      [performance.total_return, 100],
      [performance.volatility, 100],
      [performance.sharpe_ratio, 1],
      [performance.max_drawdown, 100],
      [performance.win_rate, 100],
      [known(performance.trade_count), 1],
      [known(netting_saving), 1],
    ];
    assert.equal(rest.length, metrics.length);
    for (const [i, [metric, scale]] of metrics.entries()) same(rest[i], metric, scale, `${pod_id}, column ${5 + i}`);
  }
}

function checkMonths(rows, { days, portfolio, benchmark }) {
  const own = growth(days.date, days.portfolio, portfolio.start_equity, 7);
  const years = growth(days.date, days.portfolio, portfolio.start_equity, 4);
  const held = growth(days.date, days.benchmark, benchmark.start_equity, 4);
  assert.equal(rows.length, years.size);
  for (const row of rows) {
    const year = row[0];
    for (let month = 1; month <= 12; month++) {
      const key = `${year}-${String(month).padStart(2, "0")}`;
      if (!own.has(key)) assert.equal(row[month], "", key);
      else same(row[month], { value: own.get(key), reason: "" }, 100, key);
    }
    same(row[13], { value: years.get(year), reason: "" }, 100, year);
    same(row[14], { value: held.get(year) ?? null, reason: "" }, 100, `buy and hold ${year}`);
  }
}

/** Returns by the first `digits` of the date; null where they began at 0 or below. */
function growth(dates, values, start, digits) {
  const last = new Map();
  for (const [i, date] of dates.entries()) if (values[i] !== null) last.set(date.slice(0, digits), values[i]);
  let base = start;
  return new Map(
    [...last].map(([key, end]) => {
      const value = base > 0 ? (end - base) / base : null;
      base = end;
      return [key, value];
    }),
  );
}

const COLUMNS = [
  ...[
    "start_micro",
    "transfers_micro",
    "realized_micro",
    "unrealized_micro",
    "fees_micro",
    "funding_micro",
    "end_micro",
  ],
];

function checkMoney({ attribution: rows, bridge }, { attribution, costs }) {
  const expected = [...attribution.pods, attribution.reserve, attribution.account];
  assert.equal(rows.length, expected.length);
  for (const [i, row] of expected.entries())
    for (const [c, column] of COLUMNS.entries())
      same(rows[i][c + 1], known(row[column] / 1e6), 1, `attribution, row ${i}, ${column}`);
  const steps = [
    known(costs.pnl_before_costs),
    known(-costs.fees),
    known(-costs.slippage),
    costs.funding,
    known(costs.pnl),
  ];
  for (const [i, step] of steps.entries()) same(bridge[i][1], step, i === 3 ? -1 : 1, `bridge, row ${i}`);
  same(bridge[5][1], known(costs.netting_saving), 1, "netting saving");
}

function checkIdentity({ facts, coverage }, { header }) {
  const shown = new Map(facts);
  for (const [name, hash] of [
    ["Run id", header.run_id],
    ["Config hash", header.config_hash],
    ["Data hash", header.data_hash],
    ["Result hash", header.result_hash],
  ])
    assert.equal(shown.get(name), hash);
  assert.equal(coverage.length, header.coverage.length);
  for (const [i, row] of header.coverage.entries()) {
    assert.equal(coverage[i][0], row.symbol);
    same(coverage[i][3], known(row.bars), 1, `bars of ${row.symbol}`);
    same(coverage[i][4], known(row.warmup_bars), 1, `warm-up of ${row.symbol}`);
    same(coverage[i][5], known(row.missing_slices), 1, `missing of ${row.symbol}`);
  }
}
