// The engine's state in linear memory, laid out by the host (src/orchestrator/state.ts) and bound once per instance.
//
// P pods sorted by id, S symbols sorted by name, cell (s, p) at s·P + p: the pods of one symbol lie side by side, because
// fills, stops and netting work on one symbol at a time. Lots and micro-units are whole numbers in f64.

/** Number of pods. */
export let pods: i32 = 0;
/** Number of symbols. */
export let symbols: i32 = 0;

export function bindDimensions(podCount: i32, symbolCount: i32): void {
  pods = podCount;
  symbols = symbolCount;
}

// ---- per pod [P]
/** Micro-units of the quote. */
export let cash: StaticArray<f64> = new StaticArray<f64>(0);
/** Quote units, at the marks of the slice's close. */
export let equity: StaticArray<f64> = new StaticArray<f64>(0);
/** 1 = trades, 0 = wishes 0 (retired, paused, excluded). */
export let active: StaticArray<f64> = new StaticArray<f64>(0);
/** 1 = its strategy failed: wishes 0 for the rest of the run. */
export let failed: StaticArray<f64> = new StaticArray<f64>(0);
export let maxLeverage: StaticArray<f64> = new StaticArray<f64>(0);
/** No-trade band, fraction of pod equity. */
export let threshold: StaticArray<f64> = new StaticArray<f64>(0);
/** 1 = rebalance to the band's edge, 0 = to the target. */
export let toEdge: StaticArray<f64> = new StaticArray<f64>(0);
/** Fraction of the average entry; 0 = off. */
export let stopLoss: StaticArray<f64> = new StaticArray<f64>(0);
/** ATR multiple of the trailing stop; 0 = off. */
export let trailMultiple: StaticArray<f64> = new StaticArray<f64>(0);
/** Cool-down after a stop in ms; 0 = off. */
export let cooldownMs: StaticArray<f64> = new StaticArray<f64>(0);
/** Σ|w|, then the factor that brings it under maxLeverage (scratch of sizing). */
export let leverage: StaticArray<f64> = new StaticArray<f64>(0);
/** 1 = held a position at the last day's close or after a fill of this day; the host restarts it at the day end. */
export let heldToday: StaticArray<f64> = new StaticArray<f64>(0);
/** Round trips ended. */
export let tradeCount: StaticArray<f64> = new StaticArray<f64>(0);
/** What a weight of 1 is worth in this slice, and the width of the no-trade band, quote units (scratch of sizing). */
export let capital: StaticArray<f64> = new StaticArray<f64>(0);
export let band: StaticArray<f64> = new StaticArray<f64>(0);

export function bindPods(
  cashAt: StaticArray<f64>,
  equityAt: StaticArray<f64>,
  activeAt: StaticArray<f64>,
  failedAt: StaticArray<f64>,
  maxLeverageAt: StaticArray<f64>,
  thresholdAt: StaticArray<f64>,
  toEdgeAt: StaticArray<f64>,
  stopLossAt: StaticArray<f64>,
  trailMultipleAt: StaticArray<f64>,
  cooldownMsAt: StaticArray<f64>,
  leverageAt: StaticArray<f64>,
  heldTodayAt: StaticArray<f64>,
  tradeCountAt: StaticArray<f64>,
  capitalAt: StaticArray<f64>,
  bandAt: StaticArray<f64>,
): void {
  cash = cashAt;
  equity = equityAt;
  active = activeAt;
  failed = failedAt;
  maxLeverage = maxLeverageAt;
  threshold = thresholdAt;
  toEdge = toEdgeAt;
  stopLoss = stopLossAt;
  trailMultiple = trailMultipleAt;
  cooldownMs = cooldownMsAt;
  leverage = leverageAt;
  heldToday = heldTodayAt;
  tradeCount = tradeCountAt;
  capital = capitalAt;
  band = bandAt;
}

// ---- per symbol [S]
/** Last close in quote units per lot; 0 = never had a bar. */
export let markPerLot: StaticArray<f64> = new StaticArray<f64>(0);
/** Lots in one unit of the base. */
export let lotsPerUnit: StaticArray<f64> = new StaticArray<f64>(0);
/** Lots in one step of an order, whole. */
export let lotStep: StaticArray<f64> = new StaticArray<f64>(0);
/** The price step is tickDigits ÷ tickScale quote units, both whole; tickDigits 0 = any price. */
export let tickDigits: StaticArray<f64> = new StaticArray<f64>(0);
export let tickScale: StaticArray<f64> = new StaticArray<f64>(0);
/** Smallest order in quote units; 0 = none. */
export let minNotional: StaticArray<f64> = new StaticArray<f64>(0);
/** Maintenance margin, fraction of the notional. */
export let maintenanceRate: StaticArray<f64> = new StaticArray<f64>(0);
/** Base volume of the last bar: the decision bar of a pending order. */
export let lastVolume: StaticArray<f64> = new StaticArray<f64>(0);
/** Quote units at the top of book when the last slice was decided, the thinner side; 0 = not known. */
export let quotedNotional: StaticArray<f64> = new StaticArray<f64>(0);
/** 1 = the symbol takes no new exposure: its position at the exchange and the ledger disagree. */
export let locked: StaticArray<f64> = new StaticArray<f64>(0);
/** Decided last slice, waiting for the open: PENDING_NONE, PENDING_ORDER or PENDING_CROSS. */
export let pending: StaticArray<f64> = new StaticArray<f64>(0);
/** Σ of the pods' lots: what the account holds; the same in units of the base. `book` keeps both. */
export let netLots: StaticArray<f64> = new StaticArray<f64>(0);
export let netUnits: StaticArray<f64> = new StaticArray<f64>(0);
/** Number of pods with a position. */
export let holders: StaticArray<f64> = new StaticArray<f64>(0);
/** Number of pods with a weight other than 0. */
export let wanting: StaticArray<f64> = new StaticArray<f64>(0);
/**
 * A bar strictly between the gates (low above `lowGate`, high below `highGate`) reaches no stop and moves no peak of the
 * symbol. 0 in `highGate`: not known, the cells must be looked at; whoever changes what stops are made of writes it.
 */
export let lowGate: StaticArray<f64> = new StaticArray<f64>(0);
export let highGate: StaticArray<f64> = new StaticArray<f64>(0);
/** 1 = at the last sizing every pod wished what it holds; `wish` and `demand` of the symbol were not written. */
export let quiet: StaticArray<f64> = new StaticArray<f64>(0);

export const PENDING_NONE: f64 = 0.0;
/** The net of the demand goes out as an order; the crossed part rides with it. */
export const PENDING_ORDER: f64 = 1.0;
/** Only the crossed part is booked: nothing is left after crossing, or the order was skipped. */
export const PENDING_CROSS: f64 = 2.0;

export function bindSymbols(
  markPerLotAt: StaticArray<f64>,
  lotsPerUnitAt: StaticArray<f64>,
  lotStepAt: StaticArray<f64>,
  tickDigitsAt: StaticArray<f64>,
  tickScaleAt: StaticArray<f64>,
  minNotionalAt: StaticArray<f64>,
  maintenanceRateAt: StaticArray<f64>,
  lastVolumeAt: StaticArray<f64>,
  pendingAt: StaticArray<f64>,
  netLotsAt: StaticArray<f64>,
  netUnitsAt: StaticArray<f64>,
  holdersAt: StaticArray<f64>,
  wantingAt: StaticArray<f64>,
  lowGateAt: StaticArray<f64>,
  highGateAt: StaticArray<f64>,
  quietAt: StaticArray<f64>,
  quotedNotionalAt: StaticArray<f64>,
  lockedAt: StaticArray<f64>,
): void {
  markPerLot = markPerLotAt;
  lotsPerUnit = lotsPerUnitAt;
  lotStep = lotStepAt;
  tickDigits = tickDigitsAt;
  tickScale = tickScaleAt;
  minNotional = minNotionalAt;
  maintenanceRate = maintenanceRateAt;
  lastVolume = lastVolumeAt;
  pending = pendingAt;
  netLots = netLotsAt;
  netUnits = netUnitsAt;
  holders = holdersAt;
  wanting = wantingAt;
  lowGate = lowGateAt;
  highGate = highGateAt;
  quiet = quietAt;
  quotedNotional = quotedNotionalAt;
  locked = lockedAt;
}

// ---- per cell [S·P]: the position
/** Signed, long positive. */
export let lots: StaticArray<f64> = new StaticArray<f64>(0);
/** Average entry price. */
export let entry: StaticArray<f64> = new StaticArray<f64>(0);
/** Realised P&L in quote units, before fees. */
export let realised: StaticArray<f64> = new StaticArray<f64>(0);
/** Micro-units paid. */
export let fees: StaticArray<f64> = new StaticArray<f64>(0);
/** Micro-units of funding paid, less those received. */
export let funding: StaticArray<f64> = new StaticArray<f64>(0);
/** Netting saving in quote units. */
export let saving: StaticArray<f64> = new StaticArray<f64>(0);
/** `realised` when the open trade began. */
export let tradeRealised: StaticArray<f64> = new StaticArray<f64>(0);
/** `fees` when the open trade began. */
export let tradeFees: StaticArray<f64> = new StaticArray<f64>(0);
/** `funding` when the open trade began. */
export let tradeFunding: StaticArray<f64> = new StaticArray<f64>(0);

export function bindPositions(
  lotsAt: StaticArray<f64>,
  entryAt: StaticArray<f64>,
  realisedAt: StaticArray<f64>,
  feesAt: StaticArray<f64>,
  fundingAt: StaticArray<f64>,
  savingAt: StaticArray<f64>,
  tradeRealisedAt: StaticArray<f64>,
  tradeFeesAt: StaticArray<f64>,
  tradeFundingAt: StaticArray<f64>,
): void {
  lots = lotsAt;
  entry = entryAt;
  realised = realisedAt;
  fees = feesAt;
  funding = fundingAt;
  saving = savingAt;
  tradeRealised = tradeRealisedAt;
  tradeFees = tradeFeesAt;
  tradeFunding = tradeFundingAt;
}

// ---- per cell [S·P]: the intention
/** [0, S·P) raw target weights, [S·P, 2·S·P) ATR of the last completed candle (0 = undefined or not needed). */
export let signals: StaticArray<f64> = new StaticArray<f64>(0);
/** Share of the pod's capital that this symbol gets; 0 = the pod does not trade it. */
export let intraWeight: StaticArray<f64> = new StaticArray<f64>(0);
/** Raw weight × intra-pod weight after stops and the pod's leverage limit; an inactive pod's are not used. */
export let scaled: StaticArray<f64> = new StaticArray<f64>(0);
/** Lots wished at the last sizing at which the symbol was not quiet. */
export let wish: StaticArray<f64> = new StaticArray<f64>(0);
/** Lots wanted by the pending order: wish − held at the decision. */
export let demand: StaticArray<f64> = new StaticArray<f64>(0);
/** 1 = an operator allows no position here: the weight counts as 0. */
export let barred: StaticArray<f64> = new StaticArray<f64>(0);

export function bindIntentions(
  signalsAt: StaticArray<f64>,
  intraWeightAt: StaticArray<f64>,
  scaledAt: StaticArray<f64>,
  wishAt: StaticArray<f64>,
  demandAt: StaticArray<f64>,
  barredAt: StaticArray<f64>,
): void {
  signals = signalsAt;
  intraWeight = intraWeightAt;
  scaled = scaledAt;
  wish = wishAt;
  demand = demandAt;
  barred = barredAt;
}

// ---- per cell [S·P]: stops
/** Best price since the position was opened, kept for trailing stops: the fill price, then highs (lows for shorts) of bars already tested. */
export let peak: StaticArray<f64> = new StaticArray<f64>(0);
/** Trailing level; 0 = none yet. */
export let trail: StaticArray<f64> = new StaticArray<f64>(0);
/** Sign of the position that was stopped; the cell stays flat until it is cleared to 0. */
export let blocked: StaticArray<f64> = new StaticArray<f64>(0);
/** Open time of the stop's slice, epoch ms. */
export let stoppedAt: StaticArray<f64> = new StaticArray<f64>(0);

export function bindStops(
  peakAt: StaticArray<f64>,
  trailAt: StaticArray<f64>,
  blockedAt: StaticArray<f64>,
  stoppedAtAt: StaticArray<f64>,
): void {
  peak = peakAt;
  trail = trailAt;
  blocked = blockedAt;
  stoppedAt = stoppedAtAt;
}

// ---- the pending order of each symbol, cumulative over its partial fills
/** Per cell: lots, micro-units of cash and of fee attributed so far. */
export let filledLots: StaticArray<f64> = new StaticArray<f64>(0);
export let filledCash: StaticArray<f64> = new StaticArray<f64>(0);
export let filledFee: StaticArray<f64> = new StaticArray<f64>(0);
/** Per symbol: signed lots, micro-units of value and fee filled so far; value of the crossed part (−1 = not yet crossed). */
export let orderLots: StaticArray<f64> = new StaticArray<f64>(0);
export let orderValue: StaticArray<f64> = new StaticArray<f64>(0);
export let orderFee: StaticArray<f64> = new StaticArray<f64>(0);
export let crossValue: StaticArray<f64> = new StaticArray<f64>(0);

export function bindOrders(
  filledLotsAt: StaticArray<f64>,
  filledCashAt: StaticArray<f64>,
  filledFeeAt: StaticArray<f64>,
  orderLotsAt: StaticArray<f64>,
  orderValueAt: StaticArray<f64>,
  orderFeeAt: StaticArray<f64>,
  crossValueAt: StaticArray<f64>,
): void {
  filledLots = filledLotsAt;
  filledCash = filledCashAt;
  filledFee = filledFeeAt;
  orderLots = orderLotsAt;
  orderValue = orderValueAt;
  orderFee = orderFeeAt;
  crossValue = crossValueAt;
}

// ---- scratch of attribution and stops, per pod [P]
export let share: StaticArray<f64> = new StaticArray<f64>(0);
export let newLots: StaticArray<f64> = new StaticArray<f64>(0);
export let newCash: StaticArray<f64> = new StaticArray<f64>(0);
export let newFee: StaticArray<f64> = new StaticArray<f64>(0);
export let weight: StaticArray<f64> = new StaticArray<f64>(0);
export let remainder: StaticArray<f64> = new StaticArray<f64>(0);

export function bindScratch(
  shareAt: StaticArray<f64>,
  newLotsAt: StaticArray<f64>,
  newCashAt: StaticArray<f64>,
  newFeeAt: StaticArray<f64>,
  weightAt: StaticArray<f64>,
  remainderAt: StaticArray<f64>,
): void {
  share = shareAt;
  newLots = newLotsAt;
  newCash = newCashAt;
  newFee = newFeeAt;
  weight = weightAt;
  remainder = remainderAt;
}

// ---- the account [one value each]
export let account: StaticArray<f64> = new StaticArray<f64>(0);

/** Slots of `account`. */
export const RESERVE: i32 = 0; // micro-units that belong to no pod
export const EQUITY: i32 = 1; // portfolio equity, quote units
export const EXPOSURE_FACTOR: i32 = 2; // k of spec 2.6
export const FEE_RATE: i32 = 3; // fraction of the value
export const SLIPPAGE: i32 = 4; // fraction of the price
export const IMPACT: i32 = 5; // fraction of the price at a volume share of 1
export const MAX_GROSS: i32 = 6; // gross leverage limit
export const NET_ORDERS: i32 = 7; // 1 = one order per symbol, 0 = one per pod and symbol
export const GROSS: i32 = 8; // Σ|account lots| × mark, quote units
export const NET: i32 = 9; // Σ account lots × mark, quote units
export const BASE_MS: i32 = 10; // length of a slice
export const STAGE: i32 = 11; // where `run` goes on: STAGE_OPEN or STAGE_RISK
export const STOP_AT_DAY_END: i32 = 12; // 1 = `run` returns to the host between phases 4 and 6 of a day's last slice
export const HIGH_WATER: i32 = 13; // highest portfolio equity since the start or the last re-base
export const DAY_BASE: i32 = 14; // portfolio equity at the last 00:00 UTC
export const LAST_EQUITY: i32 = 15; // portfolio equity at the close of the slice before
export const LAST_DAY: i32 = 16; // UTC day number of the slice before, −1 at first
export const DAILY_LOSS_LIMIT: i32 = 17; // fraction; Infinity = off
export const DRAWDOWN_LIMIT: i32 = 18; // fraction; Infinity = off
export const BREACH_DAY: i32 = 19; // UTC day number of the last daily loss breach, −1 = none
export const BARRED_UNTIL: i32 = 20; // no new risk in slices that close before this, epoch ms
export const HALTED: i32 = 21; // 1 = drawdown halt, until the host lets exposure return
export const ALERT_DAILY: i32 = 22; // levels of the alerts: 0, 1 = warning at 80 %, 2 = critical at the limit
export const ALERT_DRAWDOWN: i32 = 23;
export const ALERT_GROSS: i32 = 24;
export const HALT_DAY: i32 = 25; // UTC day number of the last drawdown halt
export const LARGEST: i32 = 26; // largest |lots| or |micro-units| ever booked: must stay below 2^53
export const LIQUIDATION_FEE: i32 = 27; // fraction of the closed value
export const LIQUIDATED: i32 = 28; // 1 = the account was liquidated: no further slice is processed
export const MONEY: i32 = 29; // Σ of the pods' cash + reserve, micro-units
export const WEIGHTS_KNOWN: i32 = 30; // 1 = `scaled` is made of the present signals, stops and intra-pod weights
export const COOLING: i32 = 31; // number of stopped cells that a cool-down can let trade again
export const EVENTS_WRITTEN: i32 = 32; // f64 in the event buffer when `run` returned
export const REDUCE_ONLY: i32 = 33; // 1 = an operator allows no new risk: positions only get smaller
export const HALF_SPREAD: i32 = 34; // half of the quoted spread, fraction of the price
export const ALPHA: i32 = 35; // slippage at an order as large as what is quoted, fraction of the price
export const SLIPPAGE_CAP: i32 = 36; // most that ALPHA charges
export const PENALTY: i32 = 37; // partial-fill penalty, fraction of the price
export const MAX_SAFE: i32 = 38; // order ÷ quoted notional from which PENALTY starts; 0 = flat costs
export const VENUE_FILLS: i32 = 39; // 1 = an exchange fills orders and liquidates, not the bars
export const STOPS_AS_ORDERS: i32 = 40; // 1 = a stop that is reached becomes part of the slice's net order
export const LOCKS: i32 = 41; // number of locked symbols
export const ACCOUNT_SLOTS: i32 = 42;

export const STAGE_OPEN: f64 = 0.0;
export const STAGE_RISK: f64 = 1.0;

export function bindAccount(accountAt: StaticArray<f64>): void {
  account = accountAt;
}

/** The host changed weights, capital or positions' inputs: nothing that was derived from them holds. */
export function forget(): void {
  unchecked((account[WEIGHTS_KNOWN] = 0.0));
  for (let s: i32 = 0; s < symbols; s++) unchecked((highGate[s] = 0.0));
}
