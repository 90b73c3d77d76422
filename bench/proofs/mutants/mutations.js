// What is mutated: every arithmetic operator (of numbers, of lanes, compound assignments, signs, shifts) and every bound of
// every loop (where it starts, whether its end is included, and one step less).

const LANES = { add: "sub", sub: "add", mul: "div", div: "mul", pmax: "pmin", neg: "abs", abs: "neg" };
const BINARY = { "+": "-", "-": "+", "*": "/", "/": "*", "<<": ">>", ">>": "<<" };
const INCLUSIVE = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };

/**
 * @param {string} source of a kernel in assembly/
 * @returns {{ at: number, length: number, to: string, line: number, kind: string }[]} replacements, each a mutant
 */
export function mutationsOf(source) {
  const code = blank(source);
  const found = [];
  const add = (kind, at, length, to) => {
    if (source.slice(at, at + length) === to) return;
    found.push({ kind, at, length, to, line: source.slice(0, at).split("\n").length });
  };

  for (const { index, 0: text, 1: name } of code.matchAll(/f64x2\.(\w+)\(/g)) {
    if (LANES[name]) add("operator", index, text.length, `f64x2.${LANES[name]}(`);
  }
  // An operator between spaces, as the formatter writes it, alone or with `=`.
  for (const { index, 1: operator, 2: assigns } of code.matchAll(/(?<=\s)(<<|>>|[-+*/])(=?)(?=\s)/g)) {
    add("operator", index, operator.length + assigns.length, BINARY[operator] + assigns);
  }
  for (const { index } of code.matchAll(/(?<=[(=?:,[]\s*|return )-(?=[\w(])/g)) add("sign", index, 1, " ");
  for (const loop of loopsOf(code)) mutateLoop(loop, source, add);
  return found;
}

function mutateLoop({ start, condition, step }, source, add) {
  const init = source.slice(start.from, start.to);
  const value = /=\s*(.+)$/s.exec(init)?.[1];
  if (value !== undefined) {
    const at = start.to - value.length;
    add("start", at, value.length, `(${value}) + ${step}`);
  }
  const text = source.slice(condition.from, condition.to);
  for (const { index, 0: operator } of text.matchAll(/(?<=\s)[<>]=?(?=\s)/g)) {
    const at = condition.from + index;
    add("bound", at, operator.length, INCLUSIVE[operator]);
    // One step less: the other side moves towards the start.
    const less = operator.startsWith("<") ? "+" : "-";
    add("bound", at, operator.length, `${less} ${step} ${operator}`);
  }
}

/** Header parts of every for and while. */
function loopsOf(code) {
  const loops = [];
  for (const { index, 0: text, 1: word } of code.matchAll(/\b(for|while) \(/g)) {
    const from = index + text.length;
    const to = closing(code, from);
    if (word === "while") {
      // A pointer that walks at the end of do … while walks by more than one.
      const walk = /\+= ([\w.]+);\s*\}\s*$/.exec(code.slice(0, index))?.[1];
      loops.push({ start: { from, to: from }, condition: { from, to }, step: walk ?? "1" });
      continue;
    }
    const first = code.indexOf(";", from);
    const second = code.indexOf(";", first + 1);
    // Pointers walk by more than one.
    const step = /\+= (.+)$/.exec(code.slice(second + 1, closing(code, from)))?.[1] ?? "1";
    loops.push({ start: { from, to: first }, condition: { from: first + 1, to: second }, step });
  }
  return loops;
}

function closing(code, from) {
  let depth = 1;
  let at = from;
  while (depth > 0) {
    if (code[at] === "(") depth++;
    if (code[at] === ")") depth--;
    at++;
  }
  return at - 1;
}

/** The same length and lines, without comments, strings, imports and type arguments. */
function blank(source) {
  const spaces = (text) => text.replace(/[^\n]/g, "_");
  return source
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, spaces)
    .replace(/^(import|export \*|export \{)[\s\S]*?;$/gm, spaces)
    .replace(/<(f64|i32|f32|i64)>/g, spaces);
}
