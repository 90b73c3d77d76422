/**
 * Reads the options of a bench command; an unknown one ends it.
 *
 * @param {string[]} argv
 * @param {{ flags: string[], lists: string[] }} known `lists` take a value and may be repeated.
 */
export function readArguments(argv, { flags, lists }) {
  const read = Object.fromEntries([...flags.map((name) => [name, false]), ...lists.map((name) => [name, []])]);
  for (let i = 0; i < argv.length; i++) {
    const name = argv[i].replace(/^--/, "");
    if (flags.includes(name)) read[name] = true;
    else if (lists.includes(name) && argv[i + 1] !== undefined) read[name].push(argv[++i]);
    else {
      const known = [...flags.map((flag) => `--${flag}`), ...lists.map((list) => `--${list} NAME`)].join(", ");
      console.error(`unknown or incomplete option '${argv[i]}'; known: ${known}`);
      process.exit(1);
    }
  }
  return read;
}
