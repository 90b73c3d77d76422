import type { OrderReport, VenueTrade } from "../../exchange/port.ts";
import type { TradeRecord } from "../journal-records.ts";
import { AGAIN, type Desk, OrderStuck, type Patience } from "./desk.ts";
import { filledLots, type LedgerOrder } from "./order-ledger.ts";
import { lotsAround, microOf, priceOf, quantityOf, UnitError } from "./units.ts";

const BPS = 10_000;

/**
 * The order's trades that are not booked yet, one record per trade of the exchange; AGAIN without an answer that makes
 * sense. Throws an OrderStuck when they are more than was ordered.
 */
export async function newTrades(
  desk: Desk,
  order: LedgerOrder,
  patience: Patience,
): Promise<TradeRecord[] | typeof AGAIN> {
  const { orderId, intent, sent } = order;
  // A synthetic trade stands for these fills already.
  if (orderId === null || order.synthetic) return [];
  const trades = await desk.ask(() => desk.ports.venue.trades(intent.symbol, { orderId }), patience);
  if (trades === AGAIN) return AGAIN;
  const fresh = new Map<string, TradeRecord>();
  for (const trade of trades) {
    if (order.tradeIds.has(trade.tradeId) || fresh.has(trade.tradeId)) continue;
    try {
      fresh.set(trade.tradeId, recordOf(desk, order, trade));
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
      patience.nonsense(error.message);
      return AGAIN;
    }
  }
  const records = [...fresh.values()];
  const total = order.booked + records.reduce((lots, trade) => lots + filledLots(trade), 0);
  if (total > sent.lots)
    throw new OrderStuck("OVERFILL", `${sent.cid}: ${total} lots traded, ${sent.lots} were ordered`);
  return records;
}

/** What is missing of a terminal order's fill as one trade with an id of its own: at the order's average, fee estimated. */
export function syntheticTrade(desk: Desk, order: LedgerOrder, missing: number, report: OrderReport): TradeRecord {
  const { sent, intent } = order;
  const quantity = quantityOf(missing, desk.ports.rules(intent.symbol).lot);
  const whole = report.averagePrice === null ? null : microOf(report.filled, report.averagePrice);
  const rest = whole === null ? 0 : whole - order.bookedMicro;
  const price = rest > 0 ? priceOf(rest, quantity) : (sent.price ?? desk.ports.mark(intent.symbol));
  const value = rest > 0 ? rest : microOf(quantity, price);
  const fee = estimatedFee(desk, value);
  return {
    type: "trade",
    cid: sent.cid,
    symbol: intent.symbol,
    trade_id: `synthetic-${sent.cid}`,
    lots: intent.side === "buy" ? missing : -missing,
    fee_lots: 0,
    price,
    value_micro: value,
    fee_micro: fee,
    fee: priceOf(fee, "1"),
    fee_asset: desk.settings.quoteAsset,
    time_ms: report.updatedMs,
    synthetic: true,
  };
}

function recordOf(desk: Desk, { intent, sent, orderId }: LedgerOrder, trade: VenueTrade): TradeRecord {
  if (trade.orderId !== orderId || trade.symbol !== intent.symbol || trade.side !== intent.side)
    throw new UnitError(`trade ${trade.tradeId} of ${trade.symbol} is of another order (${trade.orderId})`);
  const lots = desk.lots(intent.symbol, trade.quantity);
  const value = microOf(trade.quantity, trade.price);
  if (lots <= 0 || value <= 0) throw new UnitError(`trade ${trade.tradeId} has ${trade.quantity} at ${trade.price}`);
  const kept = keptLots(desk, trade, lots);
  return {
    type: "trade",
    cid: sent.cid,
    symbol: intent.symbol,
    trade_id: trade.tradeId,
    lots: (intent.side === "buy" ? 1 : -1) * (lots - kept),
    fee_lots: kept,
    price: trade.price,
    value_micro: value,
    fee_micro: kept > 0 ? 0 : feeOf(desk, trade, value),
    fee: trade.fee,
    fee_asset: trade.feeAsset,
    time_ms: trade.timeMs,
    synthetic: false,
  };
}

/** A spot buy whose fee is taken from what was bought brings fewer lots; its dust is nobody's. One lot is left at least. */
function keptLots(desk: Desk, { symbol, side, leg, fee, feeAsset }: VenueTrade, lots: number): number {
  const [base] = symbol.split("/");
  if (feeAsset !== base || side !== "buy" || leg !== "net" || fee.startsWith("-")) return 0;
  return Math.min(lotsAround(fee, desk.ports.rules(symbol).lot), lots - 1);
}

function feeOf(desk: Desk, trade: VenueTrade, value: number): number {
  const [base] = trade.symbol.split("/");
  if (trade.feeAsset === desk.settings.quoteAsset) return microOf(trade.fee, "1");
  const price = trade.feeAsset === base ? trade.price : desk.ports.feePrice(trade.feeAsset, trade);
  return price === null ? estimatedFee(desk, value) : microOf(trade.fee, price);
}

function estimatedFee(desk: Desk, value: number): number {
  return Math.round((value / BPS) * desk.settings.takerFeeBps);
}
