import type { Endpoint } from "./endpoint.ts";

/** What the account's key may do. */
export interface KeyPermissions {
  enableReading: boolean;
  enableFutures: boolean;
  enableSpotAndMarginTrading: boolean;
  enableWithdrawals: boolean;
  enableInternalTransfer: boolean;
  permitsUniversalTransfer: boolean;
  ipRestrict: boolean;
}

export const TRADING_KEY: KeyPermissions = {
  enableReading: true,
  enableFutures: true,
  enableSpotAndMarginTrading: true,
  enableWithdrawals: false,
  enableInternalTransfer: false,
  permitsUniversalTransfer: false,
  ipRestrict: true,
};

/** The wallet service: permissions of the key, state of the system. */
export const walletEndpoints: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/sapi/v1/account/apiRestrictions",
    security: "SIGNED",
    weight: 1,
    parameters: [],
    handle: ({ permissions }) => ({
      ...permissions,
      createTime: 1_698_645_219_000,
      enableMargin: false,
      enableVanillaOptions: false,
      enableFixApiTrade: false,
      enableFixReadOnly: false,
      enablePortfolioMarginTrading: false,
    }),
  },
  {
    method: "GET",
    path: "/sapi/v1/system/status",
    security: "NONE",
    weight: 1,
    parameters: [],
    handle: ({ inMaintenance }) =>
      inMaintenance ? { status: 1, msg: "system_maintenance" } : { status: 0, msg: "normal" },
  },
];
