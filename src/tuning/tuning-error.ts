/** A tuning run folder that cannot be used. The message says why, and what to do. */
export class TuningFolderError extends Error {
  override readonly name = "TuningFolderError";
}

/** Why a ticket is not written or not applied. */
export class PromotionError extends Error {
  override readonly name = "PromotionError";
}

/** Why a point of a sweep has no result, other than a bug. */
export class PointError extends Error {
  override readonly name = "PointError";
}
