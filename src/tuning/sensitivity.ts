import type { Grid, GridValue } from "./grid.ts";
import type { GridShape } from "./grid-shape.ts";

/** One parameter moved alone, the others as at the reference point. */
export interface Sensitivity {
  readonly path: string;
  /** DEAD: whatever the others are, its value changed nothing, to the bit. */
  readonly flag: "DEAD" | null;
  readonly values: readonly { readonly value: GridValue; readonly sharpe: number | null }[];
}

/**
 * @param reference job that the others are compared with.
 * @param hashes [job] outcome hash; null = failed.
 * @param sharpes [job]
 */
export function sensitivities(
  grids: readonly Grid[],
  shape: GridShape,
  reference: number,
  hashes: readonly (string | null)[],
  sharpes: readonly (number | null)[],
): Sensitivity[] {
  return grids.map(({ path, values }, g) => {
    const line = shape.line(reference, g);
    return {
      path,
      flag: isDead(shape, g, hashes) ? "DEAD" : null,
      values: values.map((value, digit) => ({ value, sharpe: sharpes[line[digit] ?? -1] ?? null })),
    };
  });
}

/** True when there is something to compare and every comparison is of equals. */
function isDead(shape: GridShape, g: number, hashes: readonly (string | null)[]): boolean {
  let compared = 0;
  for (let job = 0; job < hashes.length; job++) {
    const own = hashes[job];
    if (own == null) continue;
    for (const other of shape.line(job, g)) {
      const theirs = other === null || other === job ? null : hashes[other];
      if (theirs == null) continue;
      if (theirs !== own) return false;
      compared++;
    }
  }
  return compared > 0;
}
