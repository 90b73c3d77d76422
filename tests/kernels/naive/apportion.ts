/** floor(a ÷ b) towards −∞. */
export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** Largest-remainder split in BigInt: the definition, without any cleverness. */
export function naiveApportion(total: bigint, weights: readonly bigint[]): bigint[] {
  const divisor = weights.reduce((sum, w) => sum + w, 0n);
  const shares = weights.map((w) => floorDiv(total * w, divisor));
  const remainders = weights.map((w, i) => total * w - (shares[i] as bigint) * divisor);
  const order = weights.map((_, i) => i).sort((i, j) => compare(remainders[j], remainders[i]) || i - j);
  let left = total - shares.reduce((sum, share) => sum + share, 0n);
  for (const i of order) {
    if (left === 0n) break;
    shares[i] = (shares[i] as bigint) + 1n;
    left--;
  }
  return shares;
}

/** Spec 2.5 in BigInt: minority in full, majority shares crossed plus filled lots in proportion to demand. */
export function naiveAttribute(demand: readonly bigint[], filled: bigint): bigint[] {
  const bought = demand.reduce((sum, d) => (d > 0n ? sum + d : sum), 0n);
  const sold = demand.reduce((sum, d) => (d < 0n ? sum - d : sum), 0n);
  const net = bought - sold;
  if (net === 0n) return [...demand];
  const sign = net > 0n ? 1n : -1n;
  const crossed = net > 0n ? sold : bought;
  const shares = naiveApportion(
    crossed + filled * sign,
    demand.map((d) => (d * sign > 0n ? d * sign : 0n)),
  );
  return demand.map((d, i) => (d * sign > 0n ? (shares[i] as bigint) * sign : d));
}

function compare(a: bigint | undefined, b: bigint | undefined): number {
  return (a as bigint) > (b as bigint) ? 1 : (a as bigint) < (b as bigint) ? -1 : 0;
}
