import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** What is inlined into every page. */
export interface ReportAssets {
  readonly css: string;
  readonly script: string;
  readonly chartCss: string;
  readonly chartScript: string;
}

/** Modules of the page's script; each imports only from those before it. */
const MODULES = ["palette.js", "painters.js", "plot.js", "report.js"];

/** Reads style and scripts beside the package, and uPlot's from its own. */
export function readAssets(): ReportAssets {
  const { resolve } = createRequire(import.meta.url);
  const own = (name: string): string => readFileSync(new URL(`./browser/${name}`, import.meta.url), "utf8");
  const modules = MODULES.map((name) => inlined(own(name)));
  return {
    css: own("report.css"),
    script: `(() => {\n"use strict";\n${modules.join("\n")}})();`,
    chartCss: readFileSync(resolve("uplot/dist/uPlot.min.css"), "utf8"),
    chartScript: readFileSync(resolve("uplot/dist/uPlot.iife.min.js"), "utf8"),
  };
}

/** A page that opens from a file cannot import: its modules stand in one function, one after the other. */
function inlined(module: string): string {
  return module.replaceAll(/^import .*;\n/gm, "").replaceAll(/^export /gm, "");
}
