import { e8 } from "../decimal.ts";
import type { Venue } from "../venue.ts";
import type { StateFault } from "./script.ts";

/** Does to the exchange what the fault says. Streams are told by the venue itself. */
export function applyStateFault(venue: Venue, fault: StateFault): void {
  const { futures } = venue;
  switch (fault.do) {
    case "visibilityLag":
      futures.quirks.orderLagMs = fault.orderMs;
      futures.quirks.tradeLagMs = fault.tradeMs;
      return;
    case "partialFill":
      futures.quirks.partialFill = fault.share === null ? null : e8(fault.share);
      return;
    case "noFill":
      futures.quirks.noFill = fault.on;
      return;
    case "setPrice":
      futures.listing(fault.symbol).path.override(futures.nowMs, fault.price === null ? null : e8(fault.price));
      futures.reprice(fault.symbol);
      return;
    case "gap": {
      const untilMs = fault.forMs === null ? Number.POSITIVE_INFINITY : futures.nowMs + fault.forMs;
      futures.listing(fault.symbol).path.gap(futures.nowMs, untilMs, e8(fault.factor));
      futures.reprice(fault.symbol);
      return;
    }
    case "setStatus":
      futures.listing(fault.symbol).instrument.status = fault.status;
      return;
    case "setFilters": {
      const { instrument } = futures.listing(fault.symbol);
      if (fault.tick !== undefined) instrument.tick = e8(fault.tick);
      if (fault.step !== undefined) {
        instrument.step = e8(fault.step);
        instrument.minQuantity = e8(fault.step);
      }
      if (fault.minNotional !== undefined) instrument.minNotional = e8(fault.minNotional);
      if (fault.deliveryMs !== undefined) instrument.deliveryMs = fault.deliveryMs;
      return;
    }
    case "bars": {
      const { symbol, lagMs, drop, duplicate, reverse, revise } = fault;
      const frozenMs = fault.frozen ? futures.nowMs : null;
      venue.barFaults.set(symbol, { lagMs, frozenMs, drop, duplicate, reverse, revise });
      return;
    }
    case "fillResting":
      futures.fillResting(fault.symbol, e8(fault.share));
      return;
    case "clockOffset":
      venue.clockOffsetMs = fault.ms;
      return;
    case "ban":
      venue.futuresLimits.ban(futures.nowMs + fault.ms);
      return;
    case "maintenance":
      venue.maintenanceUntilMs = futures.nowMs + fault.ms;
      return;
    case "manualOrder":
      futures.place({
        symbol: fault.symbol,
        side: fault.side,
        positionSide: fault.positionSide,
        type: "MARKET",
        timeInForce: "GTC",
        quantity: e8(fault.quantity),
        price: 0n,
        reduceOnly: null,
        clientId: null,
      });
      return;
    case "manualCancel":
      futures.cancelAll(fault.symbol);
      return;
    case "changeMode":
      futures.account.hedgeMode = fault.hedge;
      return;
    case "changeLeverage":
      futures.account.settings(fault.symbol).leverage = fault.leverage;
      return;
    case "transfer":
      futures.account.earn("TRANSFER", "", e8(fault.amount), futures.nowMs);
      return;
    case "liquidate":
      futures.liquidate();
      return;
    case "adl":
      futures.liquidate("adl_autoclose", fault.symbol);
      return;
    case "settle":
      futures.liquidate("settlement_autoclose-", fault.symbol);
      futures.listing(fault.symbol).instrument.status = "CLOSE";
      return;
    case "funding":
      futures.payFunding(fault.symbol, e8(fault.rate));
      return;
    case "revokeKey":
      venue.keyRevoked = true;
      return;
    case "wsClose":
      venue.streams.closeAll(fault.code);
      return;
    case "wsStall":
      venue.streams.quirks.stalled = fault.on;
      return;
    case "wsDrop":
      venue.streams.quirks.drops = fault.on;
      return;
    case "wsDup":
      venue.streams.quirks.doubles = fault.on;
      return;
    case "wsReorder":
      venue.streams.quirks.reorders = fault.on;
      return;
    case "listenKeyExpire":
      venue.endUserStream();
      return;
  }
}
