import { allNodes, type CommandNode, type ValueHint } from "./command-tree.ts";

/**
 * A completion script for bash 3.2 and later.
 *
 * It walks the words before the cursor: down the commands, then over options with their values, counting arguments. What
 * stands at the cursor is then a command, an option, an option's value, or the n-th argument.
 */
export function bashCompletion(root: CommandNode): string {
  const nodes = allNodes(root);
  return `# bash completion of mcbot: source <(mcbot completion bash), in ~/.bashrc

_mcbot_commands() {
  case $1 in
${nodes
  .filter(({ commands }) => commands.length > 0)
  .map(commandsCase)
  .join("\n")}
  esac
}

_mcbot_options() {
  case $1 in
${nodes.map(optionsCase).join("\n")}
  esac
}

# The value an option takes: "<kind> <words>"; "many" in front of one that takes several; nothing for a switch.
_mcbot_option_value() {
  case "$1 $2" in
${nodes.flatMap(optionValueCases).join("\n")}
  esac
}

_mcbot_argument() {
  case "$1 $2" in
${nodes.flatMap(argumentCases).join("\n")}
  esac
}

_mcbot_reply() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done
}

# $1: kind of files, $2: words, $3: what is typed so far
_mcbot_complete() {
  [ -z "$2" ] || _mcbot_reply < <(compgen -W "$2" -- "$3")
  [ "$1" = none ] || compopt -o filenames 2>/dev/null
  case $1 in
    any) _mcbot_reply < <(compgen -f -- "$3") ;;
    folders) _mcbot_reply < <(compgen -d -- "$3") ;;
    yaml) _mcbot_reply < <(compgen -d -- "$3"; compgen -f -X '!*.yaml' -- "$3"; compgen -f -X '!*.yml' -- "$3") ;;
  esac
}

_mcbot() {
  local current=\${COMP_WORDS[COMP_CWORD]} path="" arguments=1 open="" word value i
  COMPREPLY=()
  # "--data=x" is three words for bash.
  [ "$current" != "=" ] || current=""
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [ "$word" = "=" ]; then continue; fi
    if [[ $word == -* ]]; then
      open=$(_mcbot_option_value "$path" "$word")
    elif [ -n "$open" ]; then
      [[ $open == many* ]] || open=""
    elif [[ " $(_mcbot_commands "$path") " == *" $word "* ]]; then
      path="\${path:+$path }$word"
    else
      arguments=$((arguments + 1))
    fi
  done
  if [[ $current == -* ]]; then
    _mcbot_reply < <(compgen -W "$(_mcbot_options "$path")" -- "$current")
    return
  fi
  value=\${open#many }
  [ -n "$value" ] || value=$(_mcbot_argument "$path" "$arguments")
  if [ -n "$value" ]; then
    _mcbot_complete "\${value%% *}" "\${value#* }" "$current"
  else
    _mcbot_reply < <(compgen -W "$(_mcbot_commands "$path")" -- "$current")
  fi
}

complete -F _mcbot mcbot
`;
}

function commandsCase({ path, commands }: CommandNode): string {
  return caseLine(path, commands.map(({ name }) => name).join(" "));
}

function optionsCase({ path, options }: CommandNode): string {
  return caseLine(path, options.flatMap(({ names }) => names).join(" "));
}

function optionValueCases({ path, options }: CommandNode): string[] {
  return options.flatMap(({ names, value, variadic }) =>
    value === null
      ? []
      : names.map((name) => caseLine(`${path} ${name}`, `${variadic ? "many " : ""}${valueText(value)}`)),
  );
}

function argumentCases({ path, arguments: all }: CommandNode): string[] {
  return all.map(({ value, variadic }, i) => {
    const text = valueText(value);
    // A variadic argument is the last, and every later word is one more of it.
    return variadic ? `    "${path} "*) echo "${text}" ;;` : caseLine(`${path} ${i + 1}`, text);
  });
}

function valueText({ files, words }: ValueHint): string {
  return `${files} ${words.join(" ")}`;
}

function caseLine(pattern: string, text: string): string {
  return `    "${pattern}") echo "${text}" ;;`;
}
