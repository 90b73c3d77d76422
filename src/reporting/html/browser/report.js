// Draws the charts of a page, and draws them again for another width, scheme or medium. Charts of a group zoom together.
import { dark, printing } from "./palette.js";
import { makePlot, wordsAt } from "./plot.js";

/** Milliseconds of drawing after which the page may answer again. */
const BURST = 40;
const elements = [...document.querySelectorAll(".chart")];
const specs = elements.map((element) => JSON.parse(element.querySelector("script").textContent));
const plots = [];
const axes = new Map();
const zooms = new Map();

function axisOf({ x }) {
  if (typeof x !== "string") return x;
  if (!axes.has(x)) axes.set(x, JSON.parse(document.getElementById(`axis-${x}`).textContent));
  return axes.get(x);
}

/** The same time in every chart of the group, also in those that are drawn later. */
function zoom(group, min, max) {
  const x = axisOf(specs.find((spec) => spec.group?.name === group));
  const shown = zooms.get(group) ?? { min: x[0], max: x.at(-1) };
  // A plot reports its first scale, too, and each one that was set below.
  if (x.length === 1 || (min === shown.min && max === shown.max)) return;
  zooms.set(group, { min, max });
  for (const [i, plot] of plots.entries()) {
    if (plot && specs[i].group?.name === group) plot.setScale("x", { min, max });
  }
}

function draw(i) {
  plots[i]?.destroy();
  plots[i] = makePlot(elements[i], specs[i], axisOf(specs[i]), zoom);
  const shown = zooms.get(specs[i].group?.name);
  if (shown) plots[i].setScale("x", shown);
}

/** In bursts from chart `i` on, so that a page of a hundred charts is there at once. */
function drawFrom(i) {
  const until = performance.now() + BURST;
  let next = i;
  while (next < elements.length && performance.now() < until) draw(next++);
  document.documentElement.dataset.drawn = String(next);
  if (next < elements.length) setTimeout(drawFrom, 0, next);
}

function redraw() {
  for (const i of elements.keys()) draw(i);
  document.documentElement.dataset.drawn = String(elements.length);
}

/** Arrow keys read a chart aloud, Home and End jump to its ends, + and - zoom, 0 shows all; 1 to 9 hide a curve. */
function listen(element, i) {
  let at = -1;
  element.addEventListener("keydown", (event) => {
    const x = axisOf(specs[i]);
    const last = x.length - 1;
    const step = event.shiftKey ? 30 : 1;
    const moves = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: last };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) {
      at = Math.min(last, Math.max(0, moves[event.key]));
      plots[i].setCursor({ left: plots[i].valToPos(x[at], "x"), top: 10 });
      const date = new Date(1000 * x[at])
        .toISOString()
        .replace(/T00:00.*/, "")
        .slice(0, 16)
        .replace("T", " ");
      element.parentElement.querySelector("output").textContent =
        `${date}: ${wordsAt(specs[i], x, at).join(", ") || "no value"}`;
    } else if ("+=-0".includes(event.key)) {
      zoomBy({ "+": 0.5, "=": 0.5, "-": 2, 0: Number.POSITIVE_INFINITY }[event.key], plots[i], x, at < 0 ? last : at);
    } else if (specs[i].series[event.key - 1] !== undefined && !specs[i].stacked) {
      const curve = plots[i].series[Number(event.key)];
      plots[i].setSeries(Number(event.key), { show: !curve.show });
      element.parentElement.querySelector("output").textContent = `${curve.label} ${curve.show ? "shown" : "hidden"}`;
    } else return;
    event.preventDefault();
  });
}

function zoomBy(factor, plot, x, at) {
  const { min, max } = plot.scales.x;
  const [first, last] = [x[0], x.at(-1)];
  if (first === last) return;
  const half = (factor * (max - min)) / 2;
  const middle = Math.min(max, Math.max(min, x[at]));
  plot.setScale("x", { min: Math.max(first, middle - half), max: Math.min(last, middle + half) });
}

drawFrom(0);
elements.forEach(listen);
dark.addEventListener("change", redraw);
printing.addEventListener("change", redraw);
addEventListener("beforeprint", redraw);
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  redraw();
});
