import type { FundingMode } from "../market/funding.ts";
import type { DataConfig } from "./schema.ts";

/** Whether a run wants funding rates: spot has none to pay, whatever is said about missing ones. */
export function fundingMode({ market, funding }: Pick<DataConfig, "market" | "funding">): FundingMode {
  return market === "spot" ? "none" : funding;
}
