import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { formatPath, type Path } from "./path.ts";
import type { IssueCode } from "./problem.ts";
import {
  type LocatedProblem,
  lineCounter,
  type Position,
  positionAt,
  refuseUnread,
  syntaxProblem,
} from "./yaml-syntax.ts";

/** Values a file may expand to through aliases. */
const MAX_VALUES = 20_000;
const CORE_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

/** YAML as plain data, with the place of every key and value. */
export interface YamlSource {
  readonly text: string;
  readonly data: unknown;
  /** Faults of the text. With a syntax error among them `data` is a guess and not worth checking. */
  readonly problems: readonly LocatedProblem[];
  readonly isSound: boolean;
  /** Where the value at `path` stands; undefined when the text does not have it. */
  valuePosition(path: Path): Position | undefined;
  keyPosition(path: Path): Position | undefined;
}

/** Reads YAML 1.2 (core schema, one document, no custom tags, no merge keys). Never throws. */
export function readYaml(rawText: string): YamlSource {
  const text = rawText.startsWith("\uFEFF") ? rawText.slice(1) : rawText;
  const lines = lineCounter(text);
  const refusal = refuseUnread(text, lines);
  if (refusal) return unsound(text, [refusal]);

  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    resolveKnownTags: false,
    // Found by the walk below, which knows the path.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  const syntax = [...document.errors, ...document.warnings].map((error) => syntaxProblem(error, text, lines));
  if (syntax.length > 0) return unsound(text, syntax);
  return new Walk(text, document, lines).source();
}

class Walk {
  readonly #text: string;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #values = new Map<string, Position>();
  readonly #keys = new Map<string, Position>();
  readonly #problems: LocatedProblem[] = [];
  /** The latest anchor of each name, in the order of the text. */
  readonly #anchors = new Map<string, ParsedNode>();
  /** What each alias meant where it stands: an anchor may be set anew further down. */
  readonly #targets = new Map<ParsedNode, ParsedNode | undefined>();
  /** Anchors being expanded: an alias to one of them is a circle. */
  readonly #open = new Set<ParsedNode>();
  #count = 0;

  constructor(text: string, document: Document.Parsed, lines: LineCounter) {
    this.#text = text;
    this.#document = document;
    this.#lines = lines;
  }

  source(): YamlSource {
    const data = this.#read(this.#document.contents, []);
    return {
      text: this.#text,
      data,
      problems: this.#problems,
      isSound: !this.#problems.some(({ code }) => code === "YAML_SYNTAX"),
      valuePosition: (path) => this.#values.get(formatPath(path)),
      keyPosition: (path) => this.#keys.get(formatPath(path)),
    };
  }

  #read(node: ParsedNode | null, path: Path): unknown {
    if (node === null || this.#isTooMuch(node)) return null;
    this.#anchor(node);
    if (path.length > 0) this.#values.set(formatPath(path), this.#at(node));
    if (node.tag !== undefined && !CORE_TAG.test(node.tag))
      this.#syntax(node, path, node.tag, "no tag but those of YAML");
    if (isAlias(node)) return this.#readAlias(node, path);
    if (isMap(node)) return this.#readMap(node as YAMLMap.Parsed, path);
    if (isSeq(node)) return node.items.map((item, i) => this.#read(item as ParsedNode, [...path, i]));
    return isScalar(node) ? node.value : null;
  }

  #readMap(map: YAMLMap.Parsed, path: Path): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    for (const { key, value } of map.items) {
      this.#anchor(key);
      const name = keyName(key);
      if (name === null) {
        this.#keyProblem(key, "BAD_KEY", path, String(key), "a plain name as key", null);
        continue;
      }
      const inner = [...path, name];
      const first = this.#keys.get(formatPath(inner));
      if (entries.has(name) && first) {
        this.#keyProblem(key, "DUPLICATE_KEY", inner, name, "each key once", `it is in line ${first.line} already`);
        continue;
      }
      this.#keys.set(formatPath(inner), this.#at(key));
      entries.set(name, this.#read(value, inner));
      if (value === null) this.#values.set(formatPath(inner), this.#at(key));
    }
    return Object.fromEntries(entries);
  }

  #readAlias(alias: Alias.Parsed, path: Path): unknown {
    if (!this.#targets.has(alias)) this.#targets.set(alias, this.#anchors.get(alias.source));
    const target = this.#targets.get(alias);
    if (target === undefined || this.#open.has(target)) {
      const expected = target ? "an alias that does not contain itself" : "an alias of an anchor above it";
      this.#syntax(alias, path, `*${alias.source}`, expected);
      return null;
    }
    this.#open.add(target);
    const value = this.#read(target, path);
    this.#open.delete(target);
    // The place of use is what a person edits.
    if (path.length > 0) this.#values.set(formatPath(path), this.#at(alias));
    return value;
  }

  /** Notes an anchor where it is written; inside an alias it is met a second time and says nothing new. */
  #anchor(node: ParsedNode): void {
    if (!isAlias(node) && node.anchor !== undefined && this.#open.size === 0) this.#anchors.set(node.anchor, node);
  }

  /** Aliases of aliases grow exponentially, so the number of values is bounded. */
  #isTooMuch(node: ParsedNode): boolean {
    this.#count++;
    if (this.#count === MAX_VALUES) this.#syntax(node, [], this.#count, "fewer values: aliases expand to too many");
    return this.#count >= MAX_VALUES;
  }

  #keyProblem(
    key: ParsedNode,
    code: IssueCode,
    path: Path,
    value: unknown,
    expected: string,
    hint: string | null,
  ): void {
    this.#problems.push({ path, code, value, expected, hint, position: this.#at(key) });
  }

  #syntax(node: ParsedNode, path: Path, value: unknown, expected: string): void {
    this.#problems.push({ path, code: "YAML_SYNTAX", value, expected, hint: null, position: this.#at(node) });
  }

  #at(node: ParsedNode): Position {
    return positionAt(this.#lines, node.range[0]);
  }
}

/** YAML keys that can be names: text, or a number or word read as text. Null for anything else. */
function keyName(key: ParsedNode): string | null {
  if (!isScalar(key) || key.value === null) return null;
  const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
  // As a key of a plain object it would set the prototype.
  return name === "__proto__" ? null : name;
}

function unsound(text: string, problems: readonly LocatedProblem[]): YamlSource {
  return { text, data: null, problems, isSound: false, valuePosition: () => undefined, keyPosition: () => undefined };
}
