// Makes one uPlot of one description (src/reporting/html/chart.ts).
import { drawBands, drawLanes, drawLimits, drawMarks } from "./painters.js";
import { colorOf, dashOf, formats, gridColor, inkColor, printing } from "./palette.js";

const DAY = 86_400;
/** Of a chart that is not its plot, with two rows of dates. */
const AXES = 64;
/** By least distance of ticks: label, what is added where a year and where a day begins. UTC, 24 hours. */
const TIMES = [
  [365 * DAY, "{YYYY}", null, null],
  [28 * DAY, "{MMM}", "\n{YYYY}", null],
  [DAY, "{D} {MMM}", "\n{YYYY}", null],
  [60, "{HH}:{mm}", "\n{D} {MMM} {YYYY}", "\n{D} {MMM}"],
].map(([step, label, year, day]) => [step, label, year, null, day, null, null, null, 1]);
const HEIGHT = { small: 140, short: 170 };
/** Paper is laid out after the page was asked to draw for it: what fits between the margins of A4 and Letter. */
const PAPER = { small: 215, page: 680 };

/** Lanes get as much height as letters need, less of it each the more they are. */
function heightOf({ size, lanes }) {
  if (lanes) return AXES + lanes.length * (lanes.length > 24 ? 9 : 18);
  return HEIGHT[size] ?? (innerWidth < 600 ? 230 : 290);
}

function widthOf(element, { size }) {
  if (printing.matches) return size === "small" ? PAPER.small : PAPER.page;
  return Math.max(240, element.clientWidth);
}

/** Room left of the plot: the same for every chart of a group, so that a day is on one vertical line. */
function gutterOf({ group, size }) {
  if (size === "small") return 52;
  return Math.max(64, Math.min(innerWidth < 600 ? 84 : 170, 20 + 7.2 * (group?.gutter ?? 0)));
}

function cumulate(series) {
  const sum = series[0].values.map(() => 0);
  return series.map(({ values }) =>
    values.map((v, i) => {
      if (v === null) return null;
      sum[i] += v;
      return sum[i];
    }),
  );
}

// uPlot steps a log axis from its lower end: that must be a round number.
function oneDigit(value, round) {
  const decade = 10 ** Math.floor(Math.log10(value));
  return round(value / decade) * decade;
}

// On a log axis 1, 2 and 5 of a decade; all of them where the range is less than one.
function keepsTick({ scales: { y } }, value) {
  if (y.max / y.min < 5) return true;
  return [1, 2, 5].includes(Number(value.toExponential(6).split("e")[0]));
}

// A curve that never moves still needs a scale: half a decade around it, or a hundredth.
const logRange = (low, high) => (low < high ? [low, high] : [low / 2, high * 2]);
const linearRange = (low, high) =>
  low < high
    ? uPlot.rangeNum(low, high, 0.1, true)
    : [low - 0.01 * (Math.abs(low) || 1), high + 0.01 * (Math.abs(high) || 1)];

function rangeOf({ stacked, lanes, limits = [], log }) {
  if (lanes) return () => [0, 1];
  if (log) return (_, low, high) => logRange(oneDigit(low, Math.floor), oneDigit(high, Math.ceil));
  if (stacked) return (_, __, high) => [0, Math.max(1, high ?? 1)];
  // A limit that is near the curve belongs on the chart; a far one would press the curve flat.
  return (_, low, high) => {
    const reach = 3 * Math.max(Math.abs(low ?? 0), Math.abs(high ?? 1));
    const near = limits.map(({ value }) => value).filter((value) => Math.abs(value) <= reach);
    return linearRange(Math.min(low ?? 0, ...near), Math.max(high ?? 1, ...near));
  };
}

// Without a cursor the legend says the last values: on paper there is none.
function showLast(u) {
  if (u.cursor.idx == null) u.setLegend({ idx: u.data[0].length - 1 }, false);
}

/** What a chart says at index `at`, in words. */
export function wordsAt({ series, lanes, format }, x, at) {
  if (lanes) {
    const seconds = x[at];
    return lanes.map(
      ({ label, spells }) => `${label} ${spells.find(({ from, to }) => seconds >= from && seconds < to)?.state ?? "-"}`,
    );
  }
  return series.filter((s) => s.values[at] != null).map((s) => `${s.label} ${formats[format](s.values[at])}`);
}

/** Draws into `element`; `onZoom(group, min, max)` hears of every change of the time shown. */
export function makePlot(element, spec, x, onZoom) {
  const print = formats[spec.format];
  const axis = spec.format === "money" ? formats.compact : print;
  const values = spec.stacked ? cumulate(spec.series) : spec.series.map((s) => s.values);
  const order = spec.series.map((_, i) => i);
  if (spec.stacked) order.reverse();
  const grid = { stroke: gridColor(), width: 1 };
  const small = spec.size === "small";
  const series = order.map((i) => {
    const { label, color, fill, mark, step, sparse } = spec.series[i];
    const own = spec.series[i].values;
    const isEdge = spec.between?.includes(i);
    return {
      label,
      stroke: mark ? undefined : isEdge ? `${colorOf(color)}80` : colorOf(color),
      mark: colorOf(color),
      fill: spec.stacked || fill ? `${colorOf(color)}${spec.stacked ? "" : "40"}` : undefined,
      width: spec.stacked || isEdge ? 0.5 : 1.6,
      dash: spec.stacked ? undefined : dashOf(spec.series[i]),
      spanGaps: Boolean(mark || sparse),
      points: { show: !mark && x.length === 1 },
      paths: mark ? () => null : step ? uPlot.paths.stepped({ align: 1 }) : undefined,
      value: (_, __, ___, at) => (at == null || own[at] == null ? "–" : print(own[at])),
    };
  });
  const options = {
    width: widthOf(element, spec),
    height: heightOf(spec),
    legend: { show: !small && !spec.lanes },
    cursor: { drag: { x: true, y: false }, ...(spec.group ? { sync: { key: spec.group.name } } : {}) },
    scales: {
      x: { time: true, ...(x.length === 1 ? { range: (_, at) => [at - DAY, at + DAY] } : {}) },
      y: { distr: spec.log ? 3 : 1, range: rangeOf(spec) },
    },
    axes: [
      {
        stroke: inkColor(),
        grid,
        ticks: grid,
        font: "11px sans-serif",
        values: TIMES,
        size: (_, labels) => (labels?.some((label) => label?.includes("\n")) ? 46 : 30),
      },
      {
        stroke: inkColor(),
        grid: spec.lanes ? { show: false } : grid,
        ticks: spec.lanes ? { show: false } : grid,
        font: "11px sans-serif",
        size: gutterOf(spec),
        ...(small || spec.size === "short" ? { space: 24 } : {}),
        values: (_, ticks) => ticks.map((v) => (v === null || spec.lanes ? "" : axis(v))),
        ...(spec.log ? { filter: (u, splits) => splits.map((v) => (keepsTick(u, v) ? v : null)) } : {}),
      },
    ],
    series: [
      { label: "date", value: x.some((at) => at % DAY !== 0) ? "{YYYY}-{MM}-{DD} {HH}:{mm}" : "{YYYY}-{MM}-{DD}" },
      ...series,
    ],
    ...(spec.between
      ? { bands: [{ series: [spec.between[1] + 1, spec.between[0] + 1], fill: `${colorOf(0)}30` }] }
      : {}),
    hooks: {
      setCursor: [showLast],
      setScale: [(u, key) => key === "x" && spec.group && onZoom(spec.group.name, u.scales.x.min, u.scales.x.max)],
      drawClear: [
        (u) => {
          u.ctx.fillStyle = "transparent";
        },
      ],
      draw: [
        (u) => drawLanes(u, spec.lanes ?? []),
        (u) => drawBands(u, spec.bands ?? []),
        (u) => drawLimits(u, spec.limits ?? []),
        ...order.map((i, at) => (u) => spec.series[i].mark && drawMarks(u, at + 1, spec.series[i].mark)),
      ],
    },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), "UTC"),
  };
  // uPlot draws no scale without a series.
  if (spec.lanes) options.series.push({ label: "", stroke: "transparent", paths: () => null, points: { show: false } });
  const data = [x, ...order.map((i) => values[i]), ...(spec.lanes ? [x.map(() => 0)] : [])];
  const plot = new uPlot(options, data, element);
  if (!small && !spec.lanes) showLast(plot);
  return plot;
}
