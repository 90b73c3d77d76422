/** Decimals at the venue's edge are text; here they are compared and multiplied exactly, as whole numbers of 10^-18. */
const PLACES = 18;
const ONE = 10n ** BigInt(PLACES);
const PLAIN = /^-?\d{1,30}(?:\.\d{1,18})?$/;

/** True for plain decimals such as "-0.00120"; not for "", "1e-7", "NaN", "0x10" or ".5". */
export function isDecimal(text: string): boolean {
  return PLAIN.test(text);
}

/** -1, 0 or 1. */
export function compareDecimals(a: string, b: string): number {
  const difference = scaled(a) - scaled(b);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

export function isZero(text: string): boolean {
  return scaled(text) === 0n;
}

export function addDecimals(a: string, b: string): string {
  return plain(scaled(a) + scaled(b));
}

/** a × b, cut after 18 places. */
export function multiplyDecimals(a: string, b: string): string {
  return plain((scaled(a) * scaled(b)) / ONE);
}

function scaled(text: string): bigint {
  const negative = text.startsWith("-");
  const [whole = "", fraction = ""] = (negative ? text.slice(1) : text).split(".");
  const value = BigInt(whole) * ONE + BigInt(fraction.padEnd(PLACES, "0"));
  return negative ? -value : value;
}

function plain(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, "0");
  const fraction = digits.slice(-PLACES).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -PLACES)}${fraction === "" ? "" : `.${fraction}`}`;
}
