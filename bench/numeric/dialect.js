// The matrix kernels' sources in other languages, statement by statement: plain JavaScript (each pair of lanes written out) and
// C++ (SSE2 intrinsics). So a twin is the same algorithm with the same order of additions, its results are the same bits, and
// it cannot fall behind the source.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const ASSEMBLY = fileURLToPath(new URL("../../assembly/", import.meta.url));
/** Imports first. */
const FILES = [
  "status",
  "lanes",
  "exact",
  "attribution",
  "linalg",
  "erc-vectors",
  "erc-residual",
  "erc-line-search",
  "erc-direction",
  "erc-start",
  "erc-newton",
  "erc",
  "portfolio-risk",
  "kelly",
  "covariance",
  "page-hinkley",
];

const TYPE = /StaticArray<f64>|StaticArray<i32>|f64|i32|usize|boolean|void|v128/.source;

function sourceOf(file) {
  return readFileSync(join(ASSEMBLY, `${file}.ts`), "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/\/\/.*$/gm, "");
}

/** Writes ES modules into `folder`; every array is a Float64Array on the one buffer of memory.js. */
export function writeJavaScript(folder, bytes) {
  mkdirSync(folder, { recursive: true });
  const memory = `export const buffer = new ArrayBuffer(${bytes});\nexport const F64 = new Float64Array(buffer);\n`;
  writeFileSync(join(folder, "memory.mjs"), memory);
  for (const file of FILES) writeFileSync(join(folder, `${file}.mjs`), javaScriptOf(file));
}

/** What lanes.ts exports and `lane` or `splitLanes` writes out. */
const IN_LANES = ["laneSum", "laneMax", "lanePair", "whereAbove0", "anyAbove", "smaller"];

const PRELUDE = `import { F64 } from "./memory.mjs";
const Infinity = Number.POSITIVE_INFINITY;
const larger = (even, odd) => (even < odd ? odd : even);
const smaller = (even, odd) => (odd < even ? odd : even);
`;

function javaScriptOf(file) {
  if (file === "lanes") return "export const addressOf = (array, i) => array.byteOffset + (i << 3);\n";
  const source = sourceOf(file).replaceAll(/import \{([^}]*)\} from "\.\/([\w-]+)";/g, (_, names, from) => {
    const kept = names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !IN_LANES.includes(name));
    return kept.length === 0 ? "" : `import { ${kept.join(", ")} } from "./${from}.mjs";`;
  });
  return PRELUDE + scalar(splitLanes(source));
}

/** Statements on pairs of lanes, each written twice. */
function splitLanes(source) {
  const both = (name, expression) => [0, 1].map((k) => `${name}_${k} = ${lane(expression, k)}`);
  let text = source
    .replaceAll(
      /\b(let|const) (\w+): v128 = ([^;]*);/g,
      (_, word, name, expression) => `${word} ${both(name, expression).join(", ")};`,
    )
    .replaceAll(/(?<=^\s*|\) )v128\.store\(([^;]*)\);/gm, (_, list) => {
      const [address, value, offset = "0"] = split(list);
      const index = `((${address} + ${offset}) >>> 3)`;
      return `{ F64[${index}] = ${lane(value, 0)}; F64[${index} + 1] = ${lane(value, 1)}; }`;
    });
  const names = [...source.matchAll(/\b(?:let|const) (\w+): v128 =/g)].map(([, name]) => name);
  for (const name of new Set(names)) {
    text = text.replaceAll(
      new RegExp(`(?<=^\\s*)${name} = ([^;]*);`, "gm"),
      (_, expression) => `${both(name, expression).join("; ")};`,
    );
  }
  // What comes out of lanes.
  text = replaceCalls(text, "laneSum", (e) => `(${lane(e, 0)} + ${lane(e, 1)})`);
  text = replaceCalls(text, "f64x2.extract_lane", (list) => lane(split(list)[0], Number(split(list)[1])));
  text = replaceCalls(text, "anyAbove", (list) => {
    const [lanes, limit] = split(list);
    return `(${lane(lanes, 0)} > ${limit} || ${lane(lanes, 1)} > ${limit})`;
  });
  return replaceCalls(text, "laneMax", (e) => `larger(${lane(e, 0)}, ${lane(e, 1)})`);
}

function replaceCalls(text, name, write) {
  for (let at = text.indexOf(`${name}(`); at >= 0; at = text.indexOf(`${name}(`, at + 1)) {
    const from = at + name.length + 1;
    const to = closing(text, from);
    text = text.slice(0, at) + write(text.slice(from, to)) + text.slice(to + 1);
  }
  return text;
}

const OPERATORS = { add: "+", sub: "-", mul: "*", div: "/" };

/** Lane k of an expression on pairs. */
function lane(expression, k) {
  const text = expression.trim();
  const [, call, list] = /^((?:f64x2|v128)\.\w+(?:<f64>)?|lanePair|whereAbove0)\(([\s\S]*)\)$/.exec(text) ?? [];
  if (call === undefined) return `${text}_${k}`;
  const parts = split(list);
  const name = call.replace(/^\w+\./, "").replace("<f64>", "");
  if (OPERATORS[name]) return `(${lane(parts[0], k)} ${OPERATORS[name]} ${lane(parts[1], k)})`;
  const index = (offset = "0") => `((${parts[0]} + ${offset}) >>> 3)`;
  if (name === "load") return `F64[${index(parts[1])} + ${k}]`;
  if (name === "load64_splat") return `F64[${index(parts[1])}]`;
  if (name === "lanePair") return `(${parts[k]})`;
  if (name === "whereAbove0") return `(${lane(parts[0], k)} > 0 ? ${lane(parts[1], k)} : ${lane(parts[2], k)})`;
  if (name === "sqrt") return `Math.sqrt(${lane(parts[0], k)})`;
  if (name === "splat") return `(${parts[0]})`;
  if (name === "neg") return `(-${lane(parts[0], k)})`;
  if (name === "abs") return `Math.abs(${lane(parts[0], k)})`;
  if (name === "pmax") return `larger(${lane(parts[0], k)}, ${lane(parts[1], k)})`;
  if (name === "pmin") return `smaller(${lane(parts[0], k)}, ${lane(parts[1], k)})`;
  if (name === "shuffle") {
    const from = Number(parts[2 + k]);
    return lane(parts[from >> 1], from & 1);
  }
  throw new Error(`dialect: no plain form of ${call}`);
}

function scalar(source) {
  let text = replaceCalls(source, "load<f64>", (list) => {
    const [address, offset = "0"] = split(list);
    return `F64[(${address} + ${offset}) >>> 3]`;
  });
  text = replaceCalls(text, "store<f64>", (list) => {
    const [address, value, offset = "0"] = split(list);
    return `F64[(${address} + ${offset}) >>> 3] = ${value}`;
  });
  return text
    .replaceAll(new RegExp(`(?<=[\\w)]): (?:${TYPE})(?=[\\s,;)=])`, "g"), "")
    .replaceAll(/\b(?:unchecked|usize|f64|i32)\(/g, "(");
}

/** Arguments of a call. */
function split(list) {
  const parts = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at < list.length; at++) {
    if ("([".includes(list[at])) depth++;
    else if (")]".includes(list[at])) depth--;
    else if (list[at] === "," && depth === 0) {
      parts.push(list.slice(from, at).trim());
      from = at + 1;
    }
  }
  parts.push(list.slice(from).trim());
  return parts.filter((part) => part !== "");
}

function closing(text, from) {
  let depth = 1;
  for (let at = from; ; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return at;
  }
}

/** One C++ text with a namespace per file; dialect.h gives it lanes and casts. */
export function cppOf() {
  return `#include "dialect.h"\n${FILES.map(namespaceOf).join("\n")}`;
}

const nameOf = (file) => `k_${basename(file).replaceAll("-", "_")}`;
const cppType = (type) => ({ "StaticArray<f64>": "f64 *", "StaticArray<i32>": "i32 *", boolean: "bool" })[type] ?? type;

function namespaceOf(file) {
  if (file === "lanes")
    return `namespace ${nameOf(file)} { using ::addressOf; using ::laneSum; using ::laneMax; using ::lanePair; using ::anyAbove; using ::smaller; using ::whereAbove0; }`;
  const parameters = (list) =>
    split(list)
      .map((part) => part.split(":").map((half) => half.trim()))
      .map(([name, type]) => `${cppType(type)} ${name}`)
      .join(", ");
  const text = sourceOf(file)
    .replaceAll(/import \{([^}]*)\} from "\.\/([\w-]+)";/g, (_, names, from) =>
      names
        .split(",")
        .map((name) => name.trim())
        .filter(Boolean)
        .map((name) => `using ${nameOf(from)}::${name};`)
        .join(" "),
    )
    .replaceAll(
      /^(?:export )?function (\w+)\(([^)]*)\): (\S+) \{$/gm,
      (_, name, list, type) => `static ${cppType(type)} ${name}(${parameters(list)}) {`,
    )
    .replaceAll(
      new RegExp(`^(?:export )?const (\\w+): (${TYPE}) =`, "gm"),
      (_, name, type) => `static const ${cppType(type)} ${name} =`,
    )
    .replaceAll(
      new RegExp(`\\b(?:let|const) (\\w+): (${TYPE}) =`, "g"),
      (_, name, type) => `${cppType(type)} ${name} =`,
    )
    .replaceAll(/\b(?:let|const) (\w+) =/g, "auto $1 =")
    .replaceAll(/\bf64x2\./g, "f64x2_")
    .replaceAll(/\bv128\.(\w+)(?:<f64>)?\(/g, "v128_$1(")
    .replaceAll(/\b(load|store)<f64>\(/g, "$1_f64(")
    .replaceAll("===", "==")
    .replaceAll("!==", "!=")
    .replaceAll("Math.", "Math::");
  const prototypes = [...text.matchAll(/^static [^;{]*\)(?= \{$)/gm)].map(([signature]) => `${signature};`);
  const constants = [...text.matchAll(/^static const [^;]*;$/gm)].map(([line]) => line);
  const imports = [...text.matchAll(/using [\w:]+;/g)].map(([line]) => line);
  const head = [...imports, ...constants, ...prototypes].join("\n");
  return `namespace ${nameOf(file)} {\n${head}\n${text.replaceAll(/using [\w:]+;|^static const [^;]*;$/gm, "")}\n}`;
}
