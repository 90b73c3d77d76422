// Draws the charts of a report with uPlot. Every chart element holds its description (src/reporting/html/chart.ts).
(() => {
  const LIGHT = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b08a00", "#56a0d3", "#8a4fbf", "#7a5c3e"];
  const DARK = ["#56b4e9", "#e88f3c", "#2fc79a", "#e3a0c4", "#e6c34a", "#9ad0f5", "#b892e8", "#c4a484"];
  const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const printing = matchMedia("print");
  const plots = [];
  const DAY = 86_400;

  const formats = {
    money: (v) => v.toLocaleString("en-US", { maximumFractionDigits: 0 }),
    compact: (v) => v.toLocaleString("en-US", { notation: "compact", maximumSignificantDigits: 3 }),
    percent: (v) => `${(100 * v).toLocaleString("en-US", { maximumFractionDigits: 1 })}%`,
    number: (v) => v.toLocaleString("en-US", { maximumSignificantDigits: 5 }),
  };

  const isDark = () => dark.matches && !printing.matches;
  const colorOf = (i) => (i < 0 ? (isDark() ? "#9aa4af" : "#6b7178") : (isDark() ? DARK : LIGHT)[i % LIGHT.length]);
  // Past the end of the palette a pod is told by its dashes.
  const dashOf = ({ color, dash }) => (dash ? [6, 4] : DASHES[Math.floor(Math.max(0, color) / LIGHT.length) % 4]);

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

  // Without a cursor the legend says the last values: on paper there is none.
  function showLast(u) {
    if (u.cursor.idx == null) u.setLegend({ idx: u.data[0].length - 1 }, false);
  }

  function marker(kind) {
    return (u, s) => {
      const { ctx } = u;
      const r = 4 * devicePixelRatio;
      ctx.save();
      ctx.fillStyle = ctx.strokeStyle = u.series[s].mark;
      ctx.lineWidth = 2 * devicePixelRatio;
      for (let i = 0; i < u.data[0].length; i++) {
        const v = u.data[s][i];
        if (v == null || u.data[0][i] < u.scales.x.min || u.data[0][i] > u.scales.x.max) continue;
        const x = u.valToPos(u.data[0][i], "x", true);
        const y = u.valToPos(v, "y", true);
        const d = kind === "sell" ? -1 : 1;
        ctx.beginPath();
        if (kind === "stop") {
          ctx.moveTo(x - r, y - r);
          ctx.lineTo(x + r, y + r);
          ctx.moveTo(x + r, y - r);
          ctx.lineTo(x - r, y + r);
          ctx.stroke();
        } else {
          ctx.moveTo(x, y - d * r);
          ctx.lineTo(x - r, y + d * r);
          ctx.lineTo(x + r, y + d * r);
          ctx.fill();
        }
      }
      ctx.restore();
    };
  }

  // Halts are hatched, not only tinted; limits are labelled.
  function underlay(spec, u) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.strokeStyle = colorOf(1);
    ctx.globalAlpha = 0.45;
    ctx.lineWidth = devicePixelRatio;
    for (const { from, to } of spec.bands ?? []) {
      const left = u.valToPos(from, "x", true);
      const right = Math.max(left + 2, u.valToPos(to, "x", true));
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, bbox.top, right - left, bbox.height);
      ctx.clip();
      ctx.beginPath();
      for (let x = left - bbox.height; x < right; x += 7 * devicePixelRatio) {
        ctx.moveTo(x, bbox.top + bbox.height);
        ctx.lineTo(x + bbox.height, bbox.top);
      }
      ctx.stroke();
      ctx.restore();
    }
    ctx.globalAlpha = 1;
    ctx.setLineDash([4, 4]);
    ctx.strokeStyle = ctx.fillStyle = colorOf(-1);
    ctx.font = `${11 * devicePixelRatio}px sans-serif`;
    // The axis leaves its own alignment behind, with which a label ends outside the plot.
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    for (const { value, label } of spec.limits ?? []) {
      const y = u.valToPos(value, "y", true);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      ctx.fillText(label, bbox.left + 6, y - 4 * devicePixelRatio);
    }
    ctx.restore();
  }

  function draw(element) {
    const spec = JSON.parse(element.querySelector("script").textContent);
    const print = formats[spec.format];
    const axis = spec.format === "money" ? formats.compact : print;
    const values = spec.stacked ? cumulate(spec.series) : spec.series.map((s) => s.values);
    const order = spec.series.map((_, i) => i);
    if (spec.stacked) order.reverse();
    const ink = isDark() ? "#9aa4af" : "#5b6470";
    const grid = { stroke: isDark() ? "#262b30" : "#ebe9e4", width: 1 };
    const series = order.map((i) => {
      const { label, color, fill, mark } = spec.series[i];
      const own = spec.series[i].values;
      return {
        label,
        stroke: mark ? undefined : colorOf(color),
        mark: colorOf(color),
        fill: spec.stacked || fill ? `${colorOf(color)}${spec.stacked ? "" : "40"}` : undefined,
        width: spec.stacked ? 0.5 : 1.6,
        dash: spec.stacked ? undefined : dashOf(spec.series[i]),
        spanGaps: Boolean(mark),
        points: { show: !mark && spec.x.length === 1 },
        paths: mark ? () => null : undefined,
        value: (_, __, ___, at) => (at == null || own[at] == null ? "–" : print(own[at])),
      };
    });
    const options = {
      width: Math.max(240, element.clientWidth),
      height: spec.small ? 120 : innerWidth < 600 ? 230 : 290,
      legend: { show: !spec.small },
      cursor: { drag: { x: true, y: false } },
      scales: {
        x: { time: true, ...(spec.x.length === 1 ? { range: (_, at) => [at - DAY, at + DAY] } : {}) },
        y: spec.log
          ? { distr: 3, range: (_, low, high) => logRange(oneDigit(low, Math.floor), oneDigit(high, Math.ceil)) }
          : {
              range: (_, low, high) => (spec.stacked ? [0, Math.max(1, high ?? 1)] : linearRange(low ?? 0, high ?? 1)),
            },
      },
      axes: [
        { stroke: ink, grid, ticks: grid, font: "11px sans-serif" },
        {
          stroke: ink,
          grid,
          ticks: grid,
          font: "11px sans-serif",
          size: 64,
          values: (_, ticks) => ticks.map((v) => (v === null ? "" : axis(v))),
          ...(spec.log ? { filter: (u, splits) => splits.map((v) => (keepsTick(u, v) ? v : null)) } : {}),
        },
      ],
      series: [{ label: "date", value: "{YYYY}-{MM}-{DD}" }, ...series],
      hooks: {
        setCursor: [showLast],
        drawClear: [
          (u) => {
            u.ctx.fillStyle = "transparent";
          },
        ],
        draw: [
          (u) => underlay(spec, u),
          ...order.map((i, at) => (spec.series[i].mark ? (u) => marker(spec.series[i].mark)(u, at + 1) : () => {})),
        ],
      },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), "UTC"),
    };
    element.querySelector(".uplot")?.remove();
    const plot = new uPlot(options, [spec.x, ...order.map((i) => values[i])], element);
    if (!spec.small) showLast(plot);
    return { element, spec, print, plot };
  }

  // Arrow keys read a chart aloud, Home and End jump to its ends.
  function readable(element, index) {
    let at = -1;
    element.addEventListener("keydown", (event) => {
      const { spec, print, plot } = plots[index];
      const last = spec.x.length - 1;
      const step = event.shiftKey ? 30 : 1;
      const moves = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: last };
      if (!(event.key in moves)) return;
      event.preventDefault();
      at = Math.min(last, Math.max(0, moves[event.key]));
      plot.setCursor({ left: plot.valToPos(spec.x[at], "x"), top: 10 });
      const date = new Date(1000 * spec.x[at]).toISOString().slice(0, 10);
      const read = spec.series.filter((s) => s.values[at] != null).map((s) => `${s.label} ${print(s.values[at])}`);
      element.parentElement.querySelector("output").textContent = `${date}: ${read.join(", ") || "no value"}`;
    });
  }

  const elements = [...document.querySelectorAll(".chart")];
  const redraw = () =>
    elements.forEach((element, i) => {
      plots[i]?.plot.destroy();
      plots[i] = draw(element);
    });
  redraw();
  elements.forEach(readable);
  dark.addEventListener("change", redraw);
  printing.addEventListener("change", redraw);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    redraw();
  });
  document.documentElement.dataset.drawn = String(plots.length);
})();
