import type { Metric } from "../analytics/metric.ts";

/** 1234567.891 → "1,234,567.89". */
export function amount(value: number, decimals = 2): string {
  const [whole = "", fraction] = tidy(value.toFixed(decimals)).split(".");
  return fraction === undefined ? group(whole) : `${group(whole)}.${fraction}`;
}

/** Like amount, with a plus where it is above zero as printed. */
export function change(value: number, decimals = 2): string {
  const text = amount(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A price as people write it: twelve significant digits, without the noise of its last bits (44822.399999999994). */
export function price(value: number): string {
  return String(Number(value.toPrecision(12)));
}

/** 0.1234 → "12.34%". */
export function percent(value: number): string {
  return `${amount(100 * value)}%`;
}

/** 0.1234 → "+12.34%". */
export function signedPercent(value: number): string {
  return `${change(100 * value)}%`;
}

/** A difference of fractions in percentage points: 0.0012 → "+0.12 pp". */
export function points(value: number): string {
  return `${change(100 * value)} pp`;
}

export function count(value: number): string {
  return amount(value, 0);
}

/** A metric's value, or "n/a (reason)". */
export function metric({ value, reason }: Metric, print: (value: number) => string): string {
  return value === null ? `n/a (${reason ?? "no reason given"})` : print(value);
}

/** An exact decimal with grouped digits: "-90900.000000" → "-90,900.000000". */
export function grouped(decimal: string): string {
  const [whole = "", fraction] = decimal.split(".");
  return fraction === undefined ? group(whole) : `${group(whole)}.${fraction}`;
}

/** "3 orders", "1 order". */
export function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
}

function group(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** −0.004 rounds to "-0.00", which is no number anybody means. */
function tidy(text: string): string {
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text;
}
