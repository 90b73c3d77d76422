import { allNodes, type CommandNode, type OptionNode, type ValueHint } from "./command-tree.ts";

/** A completion script for fish. */
export function fishCompletion(root: CommandNode): string {
  const nodes = allNodes(root);
  const groups = nodes.filter(({ commands }) => commands.length > 0);
  return `# fish completion of mcbot: mcbot completion fish > ~/.config/fish/completions/mcbot.fish

# The command that the words before the cursor name, and whether it is $argv.
function __mcbot_at
    set -l path
    for word in (commandline -opc)[2..]
        switch "$path $word"
${groups.flatMap(pathCases).join("\n")}
        end
    end
    test "$path" = "$argv[1]"
end

complete -c mcbot -f
${nodes.flatMap(completionsOf).join("\n")}
`;
}

function pathCases({ path, commands }: CommandNode): string[] {
  return commands.map(
    (child) => `            case ${quote(`${path} ${child.name}`)}\n                set path ${quote(child.path)}`,
  );
}

function completionsOf(node: CommandNode): string[] {
  const at = `complete -c mcbot -n ${quote(`__mcbot_at ${quote(node.path)}`)}`;
  const commands = node.commands.map(({ name, description }) => `${at} -a ${name} -d ${quote(description)}`);
  const options = node.options.map((option) => `${at} ${optionFlags(option)}`);
  const values = node.arguments.map(({ value }) => `${at}${valueFlags(value)}`);
  return [...commands, ...options, ...new Set(values)];
}

function optionFlags({ names, description, value }: OptionNode): string {
  const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return `${flags.join(" ")}${value === null ? "" : ` -r${valueFlags(value)}`} -d ${quote(description)}`;
}

/** What fish calls to offer files of a kind; .yaml files come first, then folders. */
const FINDERS = {
  none: "",
  any: "",
  folders: "(__fish_complete_directories)",
  yaml: "(__fish_complete_suffix .yaml)",
} as const;

function valueFlags({ files, words }: ValueHint): string {
  const offered = [...words, FINDERS[files]].filter((word) => word !== "").join(" ");
  const list = offered === "" ? "" : ` -a ${quote(offered)}`;
  return `${files === "any" ? " -F" : " -f"}${list}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
