// Survivors that no test can kill, or that change nothing a user can see, by file and the change; the reason is what
// docs/MATH.md sums up. A rule that no longer meets a survivor can go.

/** @type {{ file: string, change: RegExp, reason: string }[]} */
const RULES = [];

/** @returns {string | undefined} why a surviving mutant lives */
export function reasonFor({ file, id }) {
  return RULES.find((rule) => rule.file === file && rule.change.test(id))?.reason;
}
