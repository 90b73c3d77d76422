// node --import this file: writes every module that the process loads to MCBOT_TEST_MODULES, a line each, ES modules as they
// are loaded and CommonJS ones at the end.
import { appendFileSync } from "node:fs";
import { createRequire, register } from "node:module";

const hooks = `
import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
  appendFileSync(process.env.MCBOT_TEST_MODULES, url + "\\n");
  return next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
process.on("exit", () => {
  const paths = Object.keys(createRequire(import.meta.url).cache);
  appendFileSync(process.env.MCBOT_TEST_MODULES, paths.map((path) => `${path}\n`).join(""));
});
