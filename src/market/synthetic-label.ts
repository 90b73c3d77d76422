/** What everything made from the synthetic market says about itself: headers, reports, files. */
export function syntheticLabel(seed: number): string {
  return `SYNTHETIC market, seed ${seed}`;
}
