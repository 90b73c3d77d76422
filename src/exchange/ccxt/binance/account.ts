import { z } from "zod";
import { sha256 } from "../../../lib/sha256.ts";
import { type KeyPermissions, VenueError } from "../../port.ts";
import { id, parseReply, time } from "../reply-schemas.ts";
import type { BinanceMarket } from "./market.ts";

const restrictionsReply = z.looseObject({
  enableReading: z.boolean(),
  enableFutures: z.boolean(),
  enableSpotAndMarginTrading: z.boolean(),
  enableWithdrawals: z.boolean(),
  enableInternalTransfer: z.boolean(),
  permitsUniversalTransfer: z.boolean(),
  ipRestrict: z.boolean(),
  tradingAuthorityExpirationTime: time.optional(),
});

const accountReply = z.looseObject({ uid: id });

/** What the key may do, and whose it is. */
export async function readPermissions(market: BinanceMarket, apiKey: string): Promise<KeyPermissions> {
  const reply = await market.read("sapiGetAccountApiRestrictions", {});
  const may = parseReply(restrictionsReply, reply, "key permissions");
  return {
    account: await accountId(market, apiKey),
    read: may.enableReading,
    trade: market.dialect.name === "binance" ? may.enableSpotAndMarginTrading : may.enableFutures,
    withdraw: may.enableWithdrawals,
    transfer: may.enableInternalTransfer || may.permitsUniversalTransfer,
    ipRestricted: may.ipRestrict,
    expiresMs: may.tradingAuthorityExpirationTime ?? null,
  };
}

/** The account's uid; where the venue does not tell it, a hash of the key. A venue that is down tells neither: that throws. */
async function accountId(market: BinanceMarket, apiKey: string): Promise<string> {
  try {
    return parseReply(accountReply, await market.read("privateGetAccount", {}), "account").uid;
  } catch (error) {
    if (!(error instanceof VenueError) || !(error.kind === "refused" || error.kind === "malformed")) throw error;
    return `key-${sha256(apiKey).slice(0, 16)}`;
  }
}
