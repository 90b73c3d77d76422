import { lazyPackage } from "../../lib/lazy-package.ts";

const babel = lazyPackage<typeof import("@babel/parser")>("@babel/parser");

/** Why a source is refused, and where. */
export interface SourceProblem {
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

/** What a checked source imports: the names as written. */
export interface CheckedSource {
  readonly imports: readonly { readonly from: string; readonly line: number; readonly column: number }[];
  readonly problems: readonly SourceProblem[];
}

/** Members of Math whose every bit is specified. The others differ between hosts by an ulp. */
const EXACT_MATH: ReadonlySet<string> = new Set([
  ...["abs", "sqrt", "min", "max", "floor", "ceil", "round", "trunc", "sign", "fround", "imul", "clz32"],
  ...["PI", "E", "LN2", "LN10", "LOG2E", "LOG10E", "SQRT2", "SQRT1_2"],
]);

/** Names through which time, chance, the network, other modules or hidden state would reach a decision. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  performance: "a strategy has no clock; candles carry their time",
  process: "a strategy knows nothing of the process that runs it",
  globalThis: "a strategy has no global state",
  global: "a strategy has no global state",
  window: "a strategy has no global state",
  self: "a strategy has no global state",
  crypto: "a strategy has no randomness",
  fetch: "a strategy sees nothing but candles",
  Intl: "it depends on the machine's language",
  eval: "code that is made while running cannot be checked",
  Function: "code that is made while running cannot be checked",
  require: "import only mcbot, zod and files beside the strategy",
  setTimeout: "a strategy has no timers",
  setInterval: "a strategy has no timers",
  setImmediate: "a strategy has no timers",
  queueMicrotask: "a strategy has no timers",
  WeakRef: "when memory is freed differs from run to run",
  FinalizationRegistry: "when memory is freed differs from run to run",
};

interface Node {
  readonly type: string;
  readonly loc?: { readonly start: { readonly line: number; readonly column: number } } | null;
  readonly [key: string]: unknown;
}

/**
 * Parses a strategy's source and finds what would make its results depend on the machine: transcendental functions of
 * the host, `**`, clocks, randomness, timers, other modules. `math` of mcbot has exp, log, pow, sin and cos.
 */
export function checkSource(text: string, isTypeScript: boolean): CheckedSource {
  const imports: { from: string; line: number; column: number }[] = [];
  const problems: SourceProblem[] = [];
  let program: Node;
  try {
    const plugins = isTypeScript ? (["typescript"] as const) : [];
    program = babel().parse(text, { sourceType: "module", plugins: [...plugins] }).program as unknown as Node;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { line = 1, column = 0 } = (error as SyntaxError & { loc?: { line: number; column: number } }).loc ?? {};
    const message = error.message.replace(/ \(\d+:\d+\)$/, "");
    return { imports, problems: [{ line, column: column + 1, message }] };
  }
  const report = (node: Node, message: string): void => {
    problems.push({ ...placeOf(node), message });
  };
  visit(program, null, "", (node, parent, key) => {
    switch (node.type) {
      case "ImportDeclaration":
      case "ExportNamedDeclaration":
      case "ExportAllDeclaration": {
        const source = node.source as Node | null | undefined;
        const isTypeOnly = node.importKind === "type" || node.exportKind === "type";
        if (source && !isTypeOnly) imports.push({ from: String(source.value), ...placeOf(source) });
        return;
      }
      case "ImportExpression":
        report(node, "import() is refused: import only mcbot, zod and files beside the strategy, at the top");
        return;
      case "BinaryExpression":
        if (node.operator === "**") report(node, "** differs between hosts: use math.pow of mcbot, or multiply");
        return;
      case "AssignmentExpression":
        if (node.operator === "**=") report(node, "**= differs between hosts: use math.pow of mcbot, or multiply");
        return;
      case "AwaitExpression":
        report(node, "a strategy decides at once: await is refused");
        return;
      case "NewExpression":
        if (nameOf(node.callee) === "Date" && (node.arguments as Node[]).length === 0) {
          report(node, "new Date() reads the clock: candles carry their time");
        }
        return;
      case "CallExpression":
        if (nameOf(node.callee) === "Date") report(node, "Date() reads the clock: candles carry their time");
        if ((node.callee as Node).type === "Import") report(node, "import() is refused: import at the top");
        return;
      case "MemberExpression":
      case "OptionalMemberExpression":
        if (nameOf(node.object) === "Date" && memberOf(node) === "now") {
          report(node, "Date.now() reads the clock: candles carry their time");
        }
        if (/^toLocale|^localeCompare$/.test(memberOf(node) ?? "")) {
          report(node, `${memberOf(node)} depends on the machine's language`);
        }
        return;
      case "Identifier":
        if (isReference(parent, key)) checkName(node, parent, key, report);
        return;
    }
  });
  return { imports, problems };
}

function checkName(node: Node, parent: Node | null, key: string, report: (node: Node, message: string) => void): void {
  const name = node.name as string;
  if (name === "Math") {
    const member = key === "object" && parent !== null ? memberOf(parent) : null;
    if (member !== null && EXACT_MATH.has(member)) return;
    if (member === "random") report(parent as Node, "Math.random: a strategy has no randomness");
    else if (member === null) report(node, "Math must be used as Math.name, so that it can be checked");
    else report(parent as Node, `Math.${member} differs between hosts: ${instead(member)}`);
  } else if (Object.hasOwn(FORBIDDEN, name)) {
    report(node, `${name}: ${FORBIDDEN[name]}`);
  }
}

function instead(member: string): string {
  const known = ["exp", "log", "pow", "sin", "cos"].includes(member);
  return known ? `import { math } from "mcbot" and use math.${member}` : "math of mcbot has exp, log, pow, sin and cos";
}

/** False for names of properties, keys and parameters' labels, which refer to nothing. */
function isReference(parent: Node | null, key: string): boolean {
  if (parent === null) return true;
  const { type } = parent;
  if (key === "property" && (type === "MemberExpression" || type === "OptionalMemberExpression")) {
    return parent.computed === true;
  }
  if (key === "key" && /Property|Method/.test(type)) return parent.computed === true || parent.shorthand === true;
  return !/^(Import|Export)\w*Specifier$/.test(type) && !/^(Labeled|Break|Continue)Statement$/.test(type);
}

function nameOf(node: unknown): string | null {
  const { type, name } = (node ?? {}) as Node;
  return type === "Identifier" ? (name as string) : null;
}

/** The member that is read: `Math.exp`, `Math["exp"]`; null when it is known only at run time. */
function memberOf(node: Node): string | null {
  const property = node.property as Node | undefined;
  if (property === undefined) return null;
  if (node.computed !== true) return nameOf(property);
  return property.type === "StringLiteral" ? (property.value as string) : null;
}

function placeOf({ loc }: Node): { line: number; column: number } {
  return { line: loc?.start.line ?? 1, column: (loc?.start.column ?? 0) + 1 };
}

/** Depth first, in the order of the source; types are not code. */
function visit(
  node: Node,
  parent: Node | null,
  key: string,
  see: (node: Node, parent: Node | null, key: string) => void,
): void {
  if (/^TS/.test(node.type) && !("expression" in node) && !/^TSEnum|^TSParameterProperty/.test(node.type)) return;
  see(node, parent, key);
  for (const [name, value] of Object.entries(node)) {
    if (name === "loc" || name === "typeAnnotation" || name === "returnType" || name.endsWith("Comments")) continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === "object" && child !== null && typeof (child as Node).type === "string") {
        visit(child as Node, node, name, see);
      }
    }
  }
}
