// Puts the numeric peers where the bench finds them: a Python environment, an npm package, riskparity.py's C++ core and our twins,
// compiled here. What cannot be had is left out with its reason.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cppOf, writeJavaScript } from "./dialect.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const FOLDER = process.env.MCBOT_PEERS ?? fileURLToPath(new URL("../.peers/numeric/", import.meta.url));
const PYTHON_PACKAGES = ["numpy==2.4.6", "scipy==1.17.1", "river==0.26.1", "skfolio==1.12.2", "riskfolio-lib==7.4.0"];
const RISKPARITY = "riskparityportfolio==0.6.0";
const NPM_PACKAGE = "portfolio-allocation@0.0.11";
/** f64 of the plain JavaScript twin's memory: the largest case with its scratch. */
const PLAIN_BYTES = 2 ** 26;

/** @returns {Promise<{ peers: object, skipped: Record<string, string> }>} */
export async function setUp() {
  mkdirSync(FOLDER, { recursive: true });
  const skipped = {};
  const attempt = (name, make) => {
    try {
      return make();
    } catch (error) {
      skipped[name] = String(error.stderr || error.message)
        .trim()
        .split("\n")
        .at(-1);
      return null;
    }
  };
  const peers = {
    python: attempt("numpy, scipy, river, skfolio, Riskfolio-Lib", python),
    twins: attempt("C++ twins", twins),
    riskparity: attempt("riskparity.py's C++ core", riskparity),
    npm: attempt("npm portfolio-allocation", npm),
  };
  writeJavaScript(join(FOLDER, "plain"), PLAIN_BYTES);
  return { peers, skipped, folder: FOLDER, plain: join(FOLDER, "plain") };
}

const quietly = (command, args, options = {}) =>
  execFileSync(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });

function python() {
  const binary = join(FOLDER, "venv/bin/python");
  if (!existsSync(binary)) {
    quietly("python3", ["-m", "venv", join(FOLDER, "venv")]);
    quietly(binary, ["-m", "pip", "install", "--quiet", "--only-binary", ":all:", ...PYTHON_PACKAGES]);
  }
  return [binary, join(HERE, "peers.py")];
}

function twins() {
  writeFileSync(join(FOLDER, "twin.h"), cppOf());
  for (const file of ["dialect.h", "worker.h", "twin.cpp"]) cpSync(join(HERE, file), join(FOLDER, file));
  const build = (name, ...flags) => {
    const binary = join(FOLDER, `twin-${name}`);
    quietly("g++", ["-O3", "-ffp-contract=off", ...flags, join(FOLDER, "twin.cpp"), "-o", binary]);
    return [binary];
  };
  return { sse2: build("sse2", "-msse2"), native: build("native", "-march=native") };
}

function riskparity() {
  const folder = join(FOLDER, "riskparity");
  const isThere = existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".tar.gz"));
  if (!isThere) {
    const only = ["--no-deps", "--no-binary", "riskparityportfolio"];
    quietly(join(FOLDER, "venv/bin/python"), ["-m", "pip", "download", ...only, RISKPARITY, "-d", folder]);
    quietly("tar", ["-xzf", readdirSync(folder).find((name) => name.endsWith(".tar.gz"))], { cwd: folder });
  }
  const source = join(folder, RISKPARITY.replace("==", "-"));
  const includes = [join(source, "third-party/eigen_3.3.7"), join(source, "src/riskparityportfolio"), HERE].map(
    (path) => `-I${path}`,
  );
  const binary = join(FOLDER, "riskparity-ccd");
  quietly("g++", ["-O3", "-march=native", "-DNDEBUG", ...includes, join(HERE, "riskparity.cpp"), "-o", binary]);
  return [binary];
}

function npm() {
  const folder = join(FOLDER, "npm");
  if (!existsSync(join(folder, "node_modules"))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    quietly("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", NPM_PACKAGE], { cwd: folder });
  }
  return createRequire(join(folder, "package.json"))("portfolio-allocation");
}
