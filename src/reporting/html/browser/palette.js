// Colours and number formats of a page. A pod keeps its colour in every chart; dashes tell pods apart past the palette's end.
const LIGHT = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b08a00", "#56a0d3", "#8a4fbf", "#7a5c3e"];
const DARK = ["#56b4e9", "#e88f3c", "#2fc79a", "#e3a0c4", "#e6c34a", "#9ad0f5", "#b892e8", "#c4a484"];
const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
export const dark = matchMedia("(prefers-color-scheme: dark)");
export const printing = matchMedia("print");

export const isDark = () => dark.matches && !printing.matches;
export const colorOf = (i) =>
  i < 0 ? (isDark() ? "#9aa4af" : "#6b7178") : (isDark() ? DARK : LIGHT)[i % LIGHT.length];
export const dashOf = ({ color, dash }) => (dash ? [6, 4] : DASHES[Math.floor(Math.max(0, color) / LIGHT.length) % 4]);
export const inkColor = () => (isDark() ? "#9aa4af" : "#5b6470");
export const gridColor = () => (isDark() ? "#262b30" : "#ebe9e4");
/** States have one colour each in report.css: [background, ink]. */
export function stateColors(state) {
  const style = getComputedStyle(document.documentElement);
  return [style.getPropertyValue(`--${state}`), style.getPropertyValue(`--${state}-ink`)];
}

export const formats = {
  money: (v) => v.toLocaleString("en-US", { maximumFractionDigits: 0 }),
  compact: (v) => v.toLocaleString("en-US", { notation: "compact", maximumSignificantDigits: 3 }),
  percent: (v) => `${(100 * v).toLocaleString("en-US", { maximumFractionDigits: 2 })}%`,
  number: (v) => v.toLocaleString("en-US", { maximumSignificantDigits: 5 }),
  times: (v) => `${v.toLocaleString("en-US", { maximumFractionDigits: 2 })}×`,
};
