// Translates the step kernel to C. The portable dialect (spec 8.1) is plain enough for it: typed lets, calls, arithmetic on
// f64 and i32, arrays. So the twin is the same algorithm, statement by statement, and cannot fall behind the source.

import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Written in lanes; their scalar equals stand in bench/c/twin.c. */
const BY_HAND = ["engine/pod-lanes.ts"];
const ROOT = fileURLToPath(new URL("../../assembly/", import.meta.url));

/**
 * C of `entry` and everything it imports. Exported names begin with `kernel_`.
 *
 * @returns code, and the signatures of the functions that bind state.
 */
export function translate(entry) {
  const files = collect(join(ROOT, entry), new Map());
  const names = nameTable(files);
  const translated = [...files].filter(
    ([file]) => !BY_HAND.includes(relative(ROOT, file)) && !file.endsWith("/lanes.ts"),
  );
  const all = translated.map(([file, source]) => toC(source, names.get(file))).join("\n");
  const globals = all.match(/^static [^(\n]*;$/gm);
  const functions = all.replaceAll(/^static [^(\n]*;$\n/gm, "");
  const signatures = functions.match(/^static \w+ \*?\w+\([^)]*\)(?= \{)/gm);
  return {
    code: [...globals, ...signatures.map((signature) => `${signature};`), functions].join("\n"),
    binds: signatures.filter((signature) => signature.includes(" kernel_bind")),
  };
}

function collect(file, found) {
  if (found.has(file)) return found;
  const source = readFileSync(file, "utf8");
  found.set(file, source);
  for (const [, path] of source.matchAll(/from "(\.[^"]+)"/g)) {
    const target = join(dirname(file), `${path}.ts`);
    const rest = found.get(target);
    if (rest === undefined) collect(target, found);
  }
  return found;
}

/** Per file: what its own and its imported names are called in C. */
function nameTable(files) {
  const own = new Map();
  for (const [file, source] of files) {
    const prefix = relative(ROOT, file).replace(/\.ts$/, "").replaceAll(/\W/g, "_");
    const table = new Map();
    for (const [, exported, , name] of source.matchAll(/^(export )?(function|let|const) (\w+)/gm)) {
      table.set(name, exported ? `kernel_${name}` : `${prefix}_${name}`);
    }
    own.set(file, table);
  }
  const names = new Map();
  for (const [file, source] of files) {
    const table = new Map(own.get(file));
    for (const [, list, path] of source.matchAll(/import \{([^}]*)\} from "(\.[^"]+)"/g)) {
      const from = own.get(join(dirname(file), `${path}.ts`));
      for (const name of list.split(",").map((part) => part.trim())) if (name) table.set(name, from.get(name));
    }
    names.set(file, table);
  }
  return names;
}

const TYPES = {
  f64: "double",
  i32: "int32_t",
  boolean: "bool",
  void: "void",
  "StaticArray<f64>": "double *",
  "StaticArray<i32>": "int32_t *",
};
const typeOf = (name) => TYPES[name] ?? fail(`no C type for '${name}'`);
const fail = (message) => {
  throw new Error(`to-c: ${message}`);
};

function toC(source, names) {
  const parameters = (list) =>
    list
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map((part) => part.split(":").map((half) => half.trim()))
      .map(([name, type]) => `${typeOf(type)} ${name}`)
      .join(", ") || "void";
  let text = source
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/[ \t]*\/\/.*$/gm, "")
    .replaceAll(/^import [\s\S]*? from "[^"]+";$/gm, "")
    .replaceAll(/^export \{[^}]*\} from "[^"]+";$/gm, "");
  text = text.replaceAll(
    /^(?:export )?function (\w+)\(([^)]*)\): ([\w<>]+) \{$/gm,
    (_, name, list, type) => `static ${typeOf(type)} ${name}(${parameters(list)}) {`,
  );
  text = renameModuleNames(text, names);
  return text
    .replaceAll(
      /^(?:export )?let (\w+): (StaticArray<\w+>) = new [^;]*;$/gm,
      (_, name, type) => `static ${typeOf(type)} ${name};`,
    )
    .replaceAll(
      /^(?:export )?let (\w+): (\w+) = ([^;]*);$/gm,
      (_, name, type, value) => `static ${typeOf(type)} ${name} = ${value};`,
    )
    .replaceAll(
      /^(?:export )?const (\w+): (\w+) = ([^;]*);$/gm,
      (_, name, type, value) => `static const ${typeOf(type)} ${name} = ${value};`,
    )
    .replaceAll(/\b(?:let|const) (\w+): ([\w<>]+) =/g, (_, name, type) => `${typeOf(type)} ${name} =`)
    .replaceAll(/\b(?:let|const) (\w+) =/g, "__auto_type $1 =")
    .replaceAll("===", "==")
    .replaceAll("!==", "!=")
    .replaceAll(/\bMath\.(\w+)\(/g, "math_$1(")
    .replaceAll(/\bInfinity\b/g, "INFINITY");
}

/** Names of the module become C names, but for locals and parameters that hide them: a call is never a local. */
function renameModuleNames(text, names) {
  return text
    .split(/^(?=static |(?:export )?(?:let|const) )/m)
    .map((part) => {
      const locals = part.startsWith("static ") ? localsOf(part) : new Set();
      return part.replaceAll(/(?<![\w.])[A-Za-z_]\w*/g, (name, at) => {
        const renamed = names.get(name);
        if (renamed === undefined) return name;
        return part[at + name.length] === "(" || !locals.has(name) ? renamed : name;
      });
    })
    .join("");
}

function localsOf(text) {
  const [, list] = text.match(/\(([^)]*)\) \{/);
  const parameters = list.split(",").map((parameter) => parameter.trim().split(/[ *]+/).at(-1));
  return new Set([...parameters, ...[...text.matchAll(/\b(?:let|const) (\w+)/g)].map(([, name]) => name)]);
}
