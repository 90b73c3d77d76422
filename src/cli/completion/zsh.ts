import { type ArgumentNode, allNodes, type CommandNode, type OptionNode, type ValueHint } from "./command-tree.ts";

/** A completion script for zsh: a function per command, with descriptions. */
export function zshCompletion(root: CommandNode): string {
  return `#compdef mcbot
# zsh completion of mcbot: mcbot completion zsh > _mcbot, in a folder of $fpath; or source <(mcbot completion zsh)

${allNodes(root).map(functionOf).join("\n\n")}

# Sourced, or loaded by its name from fpath.
if [ "$funcstack[1]" = _mcbot ]; then _mcbot "$@"; else compdef _mcbot mcbot; fi
`;
}

function functionOf(node: CommandNode): string {
  const specs = [
    ...node.options.map(optionSpec),
    ...(node.commands.length > 0 ? [] : node.arguments.map(argumentSpec)),
  ];
  if (node.commands.length === 0) return `${nameOf(node)}() {\n  _arguments -s \\\n${lines(specs)}\n}`;
  const names = node.commands.map(({ name, description }) => quote(`${name.replaceAll(":", "\\:")}:${description}`));
  return `${nameOf(node)}() {
  local context state state_descr line
  local -A opt_args
  _arguments -C \\
${lines([...specs, quote("1: :->command"), quote("*:: :->rest")])}
  case $state in
    command)
      local -a commands=(
${names.map((name) => `        ${name}`).join("\n")}
      )
      _describe command commands ;;
    rest)
      case $words[1] in
${node.commands.map((child) => `        ${child.name}) ${nameOf(child)} ;;`).join("\n")}
      esac ;;
  esac
}`;
}

function lines(specs: readonly string[]): string {
  return specs.map((spec) => `    ${spec}`).join(" \\\n");
}

function nameOf({ path }: CommandNode): string {
  return `_mcbot${path === "" ? "" : `_${path.replaceAll(/[ -]/g, "_")}`}`;
}

function optionSpec({ names, description, value, variadic }: OptionNode): string {
  const [first = "", second] = names;
  const text = `[${escaped(description)}]${value === null ? "" : `:${label(value)}:${actionOf(value)}`}`;
  // An option may be repeated where it takes many values; -h and --help exclude each other.
  if (second !== undefined) return `'(${first} ${second})'{${first},${second}}${quote(text)}`;
  return quote(`${variadic ? "*" : ""}${first}${text}`);
}

function argumentSpec({ name, value, variadic }: ArgumentNode, i: number): string {
  return quote(`${variadic ? "*" : i + 1}:${name}:${actionOf(value)}`);
}

function label({ files, words }: ValueHint): string {
  if (words.length > 0) return "value";
  return files === "folders" ? "folder" : files === "none" ? "value" : "file";
}

function actionOf({ files, words }: ValueHint): string {
  const list = words.join(" ");
  if (files === "none") return words.length === 0 ? " " : `(${list})`;
  const glob = { any: "_files", folders: "_files -/", yaml: '_files -g "*.(yaml|yml)"' }[files];
  return words.length === 0 ? glob : `{_alternative "words\\:word\\:(${list})" "files\\:file\\:${glob}"}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
