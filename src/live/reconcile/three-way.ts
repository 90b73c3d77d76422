/** What one day moved, by three witnesses; micro-units. */
export interface ThreeWay {
  /** By our books: trades, fees, funding, transfers, UNASSIGNED's too. */
  readonly ledgerMicro: number;
  /** Σ of the exchange's income history; null where the venue has none (spot). */
  readonly incomeMicro: number | null;
  /** Of the wallet: without unrealised P&L. */
  readonly balanceMicro: number;
}

export interface ThreeWayOutcome extends ThreeWay {
  readonly agrees: boolean;
  /** Largest difference between two of them. */
  readonly gapMicro: number;
}

/** Funding is booked at the engine's mark and paid at the exchange's: a fraction of the equity, and never less than a cent. */
const TOLERANCE = 1e-4;
const LEAST_MICRO = 10_000;

/** Compares ledger, exchange income and balance change of a day (spec 5.4). */
export function checkThreeWay(day: ThreeWay, equityMicro: number): ThreeWayOutcome {
  const numbers = [day.ledgerMicro, day.balanceMicro, ...(day.incomeMicro === null ? [] : [day.incomeMicro])];
  const gapMicro = Math.max(...numbers) - Math.min(...numbers);
  return { ...day, gapMicro, agrees: gapMicro <= Math.max(LEAST_MICRO, TOLERANCE * Math.abs(equityMicro)) };
}

/** The three numbers as an alert has them. */
export function describeThreeWay({ ledgerMicro, incomeMicro, balanceMicro, gapMicro }: ThreeWayOutcome): string {
  const income = incomeMicro === null ? "n/a (this venue has no income history)" : amount(incomeMicro);
  return `ledger ${amount(ledgerMicro)}, exchange income ${income}, balance change ${amount(balanceMicro)}; they differ by ${amount(gapMicro)}`;
}

function amount(micro: number): string {
  return (micro / 1e6).toFixed(6);
}
