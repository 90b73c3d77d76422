// What uPlot has not: marks by shape, hatched bands, labelled limits, lanes of states. All draw on its canvas.
import { colorOf, inkColor, stateColors } from "./palette.js";

/** Draws the values of series `s` as marks: triangles, a cross for stops, a diamond for liquidations. */
export function drawMarks(u, s, kind) {
  const { ctx } = u;
  const r = 4 * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(u.bbox.left - r, u.bbox.top - r, u.bbox.width + 2 * r, u.bbox.height + 2 * r);
  ctx.clip();
  ctx.fillStyle = ctx.strokeStyle = u.series[s].mark;
  ctx.lineWidth = 2 * devicePixelRatio;
  for (let i = 0; i < u.data[0].length; i++) {
    const v = u.data[s][i];
    if (v == null || u.data[0][i] < u.scales.x.min || u.data[0][i] > u.scales.x.max) continue;
    drawMark(ctx, kind, u.valToPos(u.data[0][i], "x", true), u.valToPos(v, "y", true), r);
  }
  ctx.restore();
}

function drawMark(ctx, kind, x, y, r) {
  ctx.beginPath();
  if (kind === "stop") {
    ctx.moveTo(x - r, y - r);
    ctx.lineTo(x + r, y + r);
    ctx.moveTo(x + r, y - r);
    ctx.lineTo(x - r, y + r);
    ctx.stroke();
    return;
  }
  const d = kind === "sell" ? -1 : 1;
  ctx.moveTo(x, y - 1.2 * d * r);
  ctx.lineTo(x - r, kind === "liquidation" ? y : y + d * r);
  if (kind === "liquidation") ctx.lineTo(x, y + 1.2 * r);
  ctx.lineTo(x + r, kind === "liquidation" ? y : y + d * r);
  ctx.fill();
}

/** Halts are hatched, not only tinted. */
export function drawBands(u, bands) {
  const { ctx, bbox } = u;
  ctx.save();
  clipToPlot(ctx, bbox);
  ctx.strokeStyle = colorOf(1);
  ctx.globalAlpha = 0.45;
  ctx.lineWidth = devicePixelRatio;
  for (const { from, to } of bands) {
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
  ctx.restore();
}

/** Horizontal lines with their names, on a plate so that they can be read over curves. */
export function drawLimits(u, limits) {
  const { ctx, bbox } = u;
  ctx.save();
  clipToPlot(ctx, bbox);
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.strokeStyle = inkColor();
  ctx.font = `${11 * devicePixelRatio}px sans-serif`;
  // The axis leaves its own alignment behind, with which a label ends outside the plot.
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  const page = getComputedStyle(document.body).backgroundColor;
  for (const { value, label } of limits) {
    const y = u.valToPos(value, "y", true);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    const at = bbox.left + 6 * devicePixelRatio;
    ctx.globalAlpha = 0.8;
    ctx.fillStyle = page;
    ctx.fillRect(at - 2, y - 15 * devicePixelRatio, ctx.measureText(label).width + 4, 14 * devicePixelRatio);
    ctx.globalAlpha = 1;
    ctx.fillStyle = inkColor();
    ctx.fillText(label, at, y - 4 * devicePixelRatio);
  }
  ctx.restore();
}

/** One row per pod: its states as coloured spells with their letters, its name left of the plot. */
export function drawLanes(u, lanes) {
  const { ctx, bbox } = u;
  const row = bbox.height / lanes.length;
  const gap = Math.min(3 * devicePixelRatio, row / 5);
  const size = Math.min(11 * devicePixelRatio, row - gap);
  ctx.save();
  ctx.font = `${size}px sans-serif`;
  ctx.textBaseline = "middle";
  for (const [i, { label, spells }] of lanes.entries()) {
    const top = bbox.top + i * row + gap / 2;
    ctx.fillStyle = inkColor();
    ctx.textAlign = "right";
    const room = bbox.left - 8 * devicePixelRatio;
    ctx.fillText(fitted(ctx, label, room), room, top + (row - gap) / 2);
    ctx.save();
    clipToPlot(ctx, bbox);
    ctx.textAlign = "center";
    for (const { from, to, state, letter } of spells) {
      const [left, right] = [u.valToPos(from, "x", true), u.valToPos(to, "x", true)];
      const [background, ink] = stateColors(state);
      ctx.fillStyle = background;
      ctx.fillRect(left, top, Math.max(1, right - left - devicePixelRatio / 2), row - gap);
      if (right - left < 1.6 * size || size < 7 * devicePixelRatio) continue;
      ctx.fillStyle = ink;
      ctx.fillText(letter, (left + right) / 2, top + (row - gap) / 2);
    }
    ctx.restore();
  }
  ctx.restore();
}

/** As much of a name as there is room for. */
function fitted(ctx, text, room) {
  let end = text.length;
  while (end > 1 && ctx.measureText(text.slice(0, end) + (end < text.length ? "…" : "")).width > room) end--;
  return end < text.length ? `${text.slice(0, end)}…` : text;
}

function clipToPlot(ctx, { left, top, width, height }) {
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
}
