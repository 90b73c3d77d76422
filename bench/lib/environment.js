import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const CACHE = fileURLToPath(new URL("../.peers/", import.meta.url));
const INSTALL_MS = 600_000;

/** A virtual environment with these packages, made once. → { python } or { reason }. */
export function pythonEnvironment(name, requirements) {
  return prepare(name, requirements, (folder) => {
    const python = `${folder}/bin/python`;
    if (!existsSync(python)) execFileSync("python3", ["-m", "venv", folder], { stdio: "pipe" });
    execFileSync(python, ["-m", "pip", "install", "-q", ...requirements], { stdio: "pipe", timeout: INSTALL_MS });
    return { python };
  });
}

/** A folder with these npm packages, made once. → { require } or { reason }. */
export function npmEnvironment(name, packages) {
  return prepare(name, packages, (folder) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/package.json`, '{"private": true}\n');
    execFileSync("npm", ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", ...packages], {
      cwd: folder,
      stdio: "pipe",
      timeout: INSTALL_MS,
    });
    return {};
  });
}

function prepare(name, packages, install) {
  const folder = `${CACHE}${name}`;
  const done = `${folder}/installed-${packages.join("_").replaceAll(/[^\w.=-]/g, "_")}`;
  const found = { python: `${folder}/bin/python`, require: createRequire(`${folder}/index.js`), reason: null };
  if (existsSync(done)) return found;
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(CACHE, { recursive: true });
    install(folder);
    writeFileSync(done, "");
    return found;
  } catch (error) {
    const last = String(error.stderr || error.message)
      .trim()
      .split("\n")
      .at(-1);
    return { reason: `${packages.join(" ")} does not install here: ${last}` };
  }
}
