// Fenced blocks and inline commands of a Markdown page. Conventions: CONTRIBUTING.md, "Snippets".

/** Whatever a reader would type. */
const COMMAND = /^\s*(?:\$ )?(?:npx )?(?:mcbot|npm|npx|node) /m;

/**
 * The fenced blocks of a page in order: `{line, language, flags, text}`. Throws where a block has no end, a flag is unknown, or
 * a block without a language holds a command.
 */
export function fencesOf(markdown, page) {
  const fences = [];
  let open = null;
  for (const [i, line] of markdown.split("\n").entries()) {
    const [, marker, info] = /^\s*(```+|~~~+)(.*)$/.exec(line) ?? [];
    if (open === null) {
      if (marker !== undefined) open = { line: i + 1, marker, info: info.trim(), lines: [] };
    } else if (marker?.startsWith(open.marker) && info.trim() === "") {
      fences.push(finish(open, page));
      open = null;
    } else open.lines.push(line);
  }
  if (open !== null) throw new Error(`${page}:${open.line}: this block has no end`);
  return fences;
}

function finish({ line, info, lines }, page) {
  const [language = "", ...rest] = info.match(/(?:[^\s"]+|"[^"]*")+/g) ?? [];
  const flags = Object.fromEntries(
    rest.map((flag) => {
      const [, name, value] = /^(\w+)(?:="?([^"]*)"?)?$/.exec(flag) ?? [];
      if (!["skip", "exit", "file", "output"].includes(name))
        throw new Error(`${page}:${line}: unknown flag ${flag}: skip="reason", exit=N, file=NAME, output`);
      if (["skip", "exit", "file"].includes(name) && !value) throw new Error(`${page}:${line}: ${name} needs a value`);
      return [name, value ?? true];
    }),
  );
  const text = `${lines.join("\n")}\n`;
  if (["", "text"].includes(language) && flags.output === undefined && COMMAND.test(text))
    throw new Error(`${page}:${line}: this block holds a command: begin it with \`\`\`sh`);
  return { line, language, flags, text };
}

/** Inline code that begins with `mcbot `: `{line, text}`. */
export function inlineCommandsOf(markdown) {
  let fenced = false;
  return markdown.split("\n").flatMap((line, i) => {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    if (fenced) return [];
    return [...line.matchAll(/`(mcbot [^`]*)`/g)].map(([, text]) => ({
      line: i + 1,
      text: text.replaceAll("\\|", "|"),
    }));
  });
}

/** "mcbot tune plan|run …" → [["tune", "plan"], ["tune", "run"]]; words in capitals, options and paths end it. */
export function commandPathsOf(text) {
  let paths = [[]];
  for (const word of text.split(/\s+/).slice(1)) {
    if (!/^[a-z][a-z-]*(\|[a-z][a-z-]*)*$/.test(word)) break;
    paths = paths.flatMap((path) => word.split("|").map((name) => [...path, name]));
  }
  return paths;
}
