import type { Pointer } from "./arena.ts";

/** A streaming signal kernel: `n` candles in, `n` values out, state carried in caller-owned memory. */
export type SignalRun = (
  state: Pointer,
  high: Pointer,
  low: Pointer,
  close: Pointer,
  volume: Pointer,
  n: number,
  out: Pointer,
) => void;

/** The strategies' kernels and the ATR behind trailing stops. */
export interface SignalKernels {
  tsmomRun: SignalRun;
  vwTsmomRun: SignalRun;
  donchianRun: SignalRun;
  donchianEnsembleRun: SignalRun;
  volAdaptiveRun: SignalRun;
  emaCrossRun: SignalRun;
  buyAndHoldRun: SignalRun;
  atrRun: SignalRun;
}

/** Lengths of the signal kernels' states in f64; the layouts are the kernels' own. */
export interface StateLengths {
  tsmomStateLength(lookback: number, volWindow: number, hedgeLookback: number): number;
  vwTsmomStateLength(lookback: number, volWindow: number, hedgeLookback: number): number;
  donchianStateLength(entryPeriod: number, exitPeriod: number, volWindow: number, hedgeLookback: number): number;
  /** Without the lookbacks, each of which adds a vote. */
  donchianEnsembleStateLength(volWindow: number, hedgeLookback: number): number;
  donchianEnsembleVoteLength(lookback: number): number;
  volAdaptiveStateLength(volWindow: number, hedgeLookback: number): number;
  emaCrossStateLength(hedgeLookback: number): number;
  ensembleStateLength(members: number, window: number): number;
  volScalarStateLength(window: number): number;
  atrStateLength(): number;
}

/** The parts that an ensemble is put together from. */
export interface EnsembleKernels {
  // biome-ignore format: same line breaks as the signature in assembly/strategies/ensemble.ts
  ensembleRun(
    state: Pointer, close: Pointer, weights: Pointer, stride: number, n: number, out: Pointer,
  ): void;
  volScalarRun(state: Pointer, close: Pointer, n: number, out: Pointer): void;
}

/** Covariance, portfolio risk, risk budgeting and Kelly. The statuses they return are in status.ts. */
export interface MatrixKernels {
  covarianceWorkLength(days: number, n: number): number;
  covarianceReportLength(): number;
  // biome-ignore format: same line breaks as the signatures in assembly/covariance.ts
  sampleCovariance(
    returns: Pointer, days: number, n: number, cov: Pointer, work: Pointer, report: Pointer,
  ): number;
  // biome-ignore format: as above
  ewmaCovariance(
    returns: Pointer, days: number, n: number, decay: number, recursive: number, cov: Pointer, work: Pointer,
    report: Pointer,
  ): number;
  // biome-ignore format: as above
  ledoitWolfCovariance(
    returns: Pointer, days: number, n: number, cov: Pointer, work: Pointer, report: Pointer,
  ): number;
  correlation(cov: Pointer, n: number, corr: Pointer): number;
  meanCorrelation(corr: Pointer, n: number): number;

  portfolioVariance(cov: Pointer, n: number, weights: Pointer, sigmaW: Pointer): number;
  riskShares(cov: Pointer, n: number, weights: Pointer, shares: Pointer): number;
  isSymmetric(matrix: Pointer, n: number): number;
  factorWithRidge(matrix: Pointer, n: number, ridge: number, work: Pointer): number;

  riskBudgetWorkLength(n: number): number;
  riskBudgetReportLength(): number;
  // biome-ignore format: same line breaks as the signature in assembly/erc.ts
  riskBudget(
    cov: Pointer, n: number, budget: Pointer, tolerance: number, maxIterations: number, warm: number, polish: number,
    weights: Pointer, work: Pointer, report: Pointer,
  ): number;

  kellyWorkLength(n: number): number;
  kellyReportLength(): number;
  // biome-ignore format: same line breaks as the signatures in assembly/kelly.ts
  kelly(
    cov: Pointer, mu: Pointer, n: number, ridge: number, fractions: Pointer, work: Pointer, report: Pointer,
  ): number;
  // biome-ignore format: as above
  kellyCap(
    cov: Pointer, mu: Pointer, n: number, maxVolatility: number, fractions: Pointer, sigmaF: Pointer,
  ): number;
}

/** Page–Hinkley, plain and as the life cycle feeds it. */
export interface DetectorKernels {
  pageHinkleyLength(streams: number): number;
  pageHinkleySettingsLength(): number;
  pageHinkleyStep(settings: Pointer, state: Pointer, streams: number, s: number, x: number): number;
  pageHinkleyScore(state: Pointer, streams: number, s: number): number;
  pageHinkleyAlarm(state: Pointer, streams: number, s: number): number;
  pageHinkleyRestart(state: Pointer, streams: number, s: number): void;
  // biome-ignore format: same line breaks as the signatures in assembly/page-hinkley.ts
  pageHinkleyRun(
    settings: Pointer, state: Pointer, values: Pointer, n: number, scores: Pointer, alarms: Pointer,
  ): number;
  pageHinkleyTick(settings: Pointer, state: Pointer, streams: number, values: Pointer, scores: Pointer): number;

  degradationLength(pods: number): number;
  // biome-ignore format: same line breaks as the signatures in assembly/degradation.ts
  degradationStep(
    settings: Pointer, state: Pointer, pods: number, p: number, dayReturn: number, counts: number,
  ): number;
  degradationRun(settings: Pointer, state: Pointer, dayReturns: Pointer, n: number, scores: Pointer): number;
}

/** What `assembly/index.ts` exports. Arrays are passed as byte pointers; see the docblock of each kernel for shapes. */
export interface KernelExports extends SignalKernels, EnsembleKernels, StateLengths, MatrixKernels, DetectorKernels {
  heapBase(): number;

  exp(x: number): number;
  log(x: number): number;
  pow(x: number, y: number): number;
  sin(x: number): number;
  cos(x: number): number;

  exactDifference(a: number, b: number, c: number, d: number): number;
  floorDivide(a: number, b: number, c: number): number;
  roundHalfUp(x: number): number;
  // biome-ignore format: same line breaks as the signature in assembly/exact.ts
  apportion(
    total: number, weight: Pointer, n: number, divisor: number, share: Pointer, remainder: Pointer,
  ): void;
  // biome-ignore format: same line breaks as the signature in assembly/attribution.ts
  attribute(
    demand: Pointer, at: number, n: number, filled: number, out: Pointer, weight: Pointer, remainder: Pointer,
  ): void;
  // biome-ignore format: grouped as in assembly/csv.ts
  parseBars(
    bytes: Pointer, end: number, roles: Pointer, fields: number, powers: Pointer, row: Pointer,
    time: Pointer, open: Pointer, high: Pointer, low: Pointer, close: Pointer, volume: Pointer,
    capacity: number, cursor: Pointer,
  ): number;
  // biome-ignore format: same line breaks as the signature in assembly/candles.ts
  candles(
    state: Pointer, time: Pointer, open: Pointer, high: Pointer, low: Pointer, close: Pointer, volume: Pointer, n: number,
    outTime: Pointer, outOpen: Pointer, outHigh: Pointer, outLow: Pointer, outClose: Pointer, outVolume: Pointer, outEnd: Pointer,
  ): number;

  bindDimensions(pods: number, symbols: number): void;
  bindPods(...arrays: Pointer[]): void;
  bindSymbols(...arrays: Pointer[]): void;
  bindPositions(...arrays: Pointer[]): void;
  bindIntentions(...arrays: Pointer[]): void;
  bindStops(...arrays: Pointer[]): void;
  bindOrders(...arrays: Pointer[]): void;
  bindScratch(...arrays: Pointer[]): void;
  bindAccount(account: Pointer): void;
  bindSlices(...arrays: Pointer[]): void;
  bindFunding(...arrays: Pointer[]): void;
  bindEvents(buffer: Pointer, length: number): void;
  eventsPerSlice(pods: number, symbols: number): number;
  eventsPerFunding(pods: number): number;
  eventsUsed(): number;
  clearEvents(): void;

  /** Steps slices [from, to); returns the first one not processed. */
  run(from: number, to: number): number;
  /** Lapses what is still pending when the data ends. */
  decideAgain(slice: number): void;
  endOfData(): void;
  /** Values the books at the current marks. */
  revalue(): void;
  // biome-ignore format: same line breaks as the signature in assembly/engine/fills.ts
  bookFill(
    symbol: number, purpose: number, executed: number, price: number, reference: number, value: number, fee: number,
  ): void;
  // What an exchange does between two slices; see assembly/engine/venue.ts.
  // biome-ignore format: same line breaks as the signature
  venueFill(
    symbol: number, pod: number, timeMs: number, executed: number, price: number, value: number, fee: number,
  ): void;
  settleOrder(symbol: number, timeMs: number, reason: number): void;
  dropOrder(symbol: number, timeMs: number, reason: number): void;
  bookAdoption(symbol: number, pod: number, timeMs: number, adopted: number, price: number, value: number): void;
  bookAutoclose(symbol: number, timeMs: number, executed: number, price: number, value: number, fee: number): void;
}
