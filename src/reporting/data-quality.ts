import { type DataQuality, INVALID_SHARE } from "../engine/recording/data-quality.ts";

/** The quality of a recording, for people. */
export function renderDataQuality(quality: DataQuality): string {
  const { first, last, slices, events, bars, missing_bars, missing_share, gaps, quotes } = quality;
  const lines = [
    `Span         ${first} to ${last}: ${slices} slices, ${events} events`,
    `Bars         ${bars}, ${missing_bars} missing in ${gaps} gaps (${percent(missing_share)}), ${percent(quality.unique_bar_ratio)} differ from the one before`,
    `Quotes       ${quotes === 0 ? "none" : `${quotes}, ${percent(quality.unique_quote_ratio)} differ from the one before, ${percent(quality.two_sided_share)} two-sided`}`,
    `Clipped      ${quality.clipped_share === null ? "no model clips here" : `${percent(quality.clipped_share)} of fills`}`,
  ];
  if (!quality.valid) lines.push(`INVALID: more than ${percent(INVALID_SHARE)} of the rows are clipped or missing`);
  return lines.join("\n");
}

function percent(share: number | null): string {
  return share === null ? "n/a" : `${(100 * share).toFixed(2)} %`;
}
