import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** What is inlined into every page. */
export interface ReportAssets {
  readonly css: string;
  readonly script: string;
  readonly chartCss: string;
  readonly chartScript: string;
}

/** Reads style and scripts beside the package, and uPlot's from its own. */
export function readAssets(): ReportAssets {
  const { resolve } = createRequire(import.meta.url);
  const own = (name: string): string => readFileSync(new URL(`./browser/${name}`, import.meta.url), "utf8");
  const script = readFileSync(resolve("uplot/dist/uPlot.iife.min.js"), "utf8");
  const css = readFileSync(resolve("uplot/dist/uPlot.min.css"), "utf8");
  return { css: own("report.css"), script: own("report.js"), chartCss: css, chartScript: script };
}
