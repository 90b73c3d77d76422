// Survivors that no test can kill, or that change no answer, with the reason; docs/MATH.md sums them up. A rule names kernel files
// and what stands around «the change»; one that meets no survivor any more can go.

const ZERO =
  "an index times a vector's place, which is 0: the same program, but for a division that no optimizer takes away";
const SIDE = "divided by a side of 1 or -1 instead of multiplied: the same number";
const BEHIND = "one more step reads or writes scratch that is written again before it is used";
const NOTHING = "the step more, or less, does nothing: nothing is left, or it compares a value with itself";
const EFFORT =
  "another way to the same answer: a worse start, direction, step or threshold costs iterations, products or passes";
const SLOW_PATH = "sends a pair of streams through the scalar cell, which gives the same bits";
const SIGN = "the sign of a sum that is only squared, or only compared with 0";
const TIE = "differs only where two doubles that come from different roundings are equal";

/** @type {{ file: RegExp, where: RegExp, reason: string }[]} */
const RULES = [
  { file: /^erc/, where: /\bX «\* → \/»/, reason: ZERO },
  { file: /^erc-start/, where: /./, reason: EFFORT },
  { file: /^erc-line-search/, where: /rises|bends|slope|quadratic|ACCURACY|MAX_STEPS|alpha/, reason: EFFORT },
  { file: /^erc-newton/, where: /n «>> → <<» 2|error «\* → \/» f64/, reason: EFFORT },
  { file: /^erc-direction/, where: /k: i32|k «|inverses|gaps|squares|next «|scaled, f64x2|beta/, reason: EFFORT },
  { file: /^erc-(direction|vectors|start)/, where: /while \(\w+ «< → <=»/, reason: BEHIND },
  {
    file: /^erc-vectors/,
    where: /vector «/,
    reason: "the difficulty's vector needs no padding, and padding is written for the first one twice",
  },
  { file: /^erc\.ts/, where: /[ij] «< → <=» n/, reason: BEHIND },
  { file: /^linalg/, where: /«< → <=» n|«<< → >>»|while \(p0 «< → <=» end/, reason: BEHIND },
  { file: /^linalg/, where: /r «< → \+ 1 <» n|j «< → <=» i/, reason: NOTHING },
  { file: /^covariance/, where: /squares = f64x2\.«|squares = «/, reason: SIGN },
  { file: /^covariance/, where: /i «< → <=» n|i \+ 1 «< → <=» n|even «\+ → -» odd|i «\+ → -» 2 < n/, reason: BEHIND },
  { file: /^correlation/, where: /j «\* → \/» n|«0 → \(0\) \+ 1»/, reason: NOTHING },
  { file: /^kelly/, where: /pivot «< → <=»/, reason: TIE },
  {
    file: /^kelly/,
    where: /k «|let k: i32 = «/,
    reason: "the first and the last entry are variances, which are looked at elsewhere",
  },
  { file: /^kelly/, where: /round/, reason: "one more refinement finds nothing, one less has found it" },
  { file: /^page-hinkley/, where: /f64x2\.«?(add|sub)|«f64x2|atLow «\+ → -» field|streams/, reason: SLOW_PATH },
  { file: /^attribution/, where: /«\* → \/» side/, reason: SIDE },
  {
    file: /^exact/,
    where: /SERVED|PASSES|AT_ONCE|MANY|sharing|threshold|pass|unit «|left «|given|best|i: i32 = «/,
    reason: EFFORT,
  },
  {
    file: /^indicators\/(channel|rolling-max)/,
    where: /n - 2|k «>=/,
    reason: "the block's first tail is its whole maximum, which the head has, too",
  },
  { file: /^indicators/, where: /at «\+ → -» |«< → <=» n/, reason: NOTHING },
];

/** @returns {string | undefined} why a surviving mutant lives */
export function reasonFor({ file, context }) {
  return RULES.find((rule) => rule.file.test(file) && rule.where.test(context))?.reason;
}
