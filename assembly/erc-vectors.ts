// The layout of the solver's scratch: vectors of length n one after the other, then an n × n matrix. All of it is in the
// variables of the problem scaled by x: there the Hessian XΣX + B has a diagonal of the size of the budget, whatever the
// volatilities are.

/** Current iterate, scaled so that xᵀΣx = 1. */
export const X: i32 = 0;
/** Σx. */
export const Y: i32 = 1;
/** Budget, summing to 1. */
export const B: i32 = 2;
/** Diagonal of Σ. */
export const DIAGONAL: i32 = 3;
/** Relative step: the Newton direction is eᵢ·xᵢ. */
export const E: i32 = 4;
/** XΣX·e. */
export const CURVATURE: i32 = 5;
/** bᵢ − xᵢ(Σx)ᵢ. */
export const GAP: i32 = 6;
/** Best iterate so far. */
export const BEST: i32 = 7;
/** Conjugate gradients: residual, direction, Hessian times direction, X·direction, Σ times that, and the
 *  inverse of the Hessian's diagonal. */
export const RESIDUAL: i32 = 8;
export const DIRECTION: i32 = 9;
export const IMAGE: i32 = 10;
export const SCALED: i32 = 11;
export const PRODUCT: i32 = 12;

export const INVERSE: i32 = 13;

/** Index of the matrix behind the vectors, in units of n. */
export const MATRIX: i32 = 14;
