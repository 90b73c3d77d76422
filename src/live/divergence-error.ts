/** The journal and the code disagree about what was decided: nothing may go on from here. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";
}
