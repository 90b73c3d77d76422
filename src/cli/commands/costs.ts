import { readRecording } from "../../engine/recording/read-recording.ts";
import { calibrateCosts } from "../../execution/calibrate-costs.ts";
import { type CostSensitivity, costSensitivity } from "../../execution/cost-sensitivity.ts";
import { observeCosts, type QuotedFill } from "../../execution/observe-costs.ts";
import { renderCalibration, renderCostSensitivity } from "../../reporting/costs.ts";
import { EXIT } from "../exit-codes.ts";
import { openConfig } from "../open-run.ts";
import { styleOf } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

/** Candidates of max_safe when none are given. */
const MAX_SAFE = [0.1, 0.2, 0.3, 0.5, 0.75, 1, 2];
const SIZES = [0.1, 0.3, 0.5, 1, 3, 10];

/** `costs calibrate RUN…`: parameters of portfolio.quoted from the fill reports and quotes of recordings. */
export function calibrateCommand(
  folders: readonly string[],
  flags: { readonly maxR: number; readonly maxSafe: readonly number[]; readonly cap: number; readonly json?: boolean },
): void {
  const { observations, unquoted } = observeCosts(folders.flatMap(quotedFills));
  const used = observations.filter(({ r }) => r <= flags.maxR);
  const calibration = calibrateCosts(used, flags.maxSafe.length === 0 ? MAX_SAFE : flags.maxSafe);
  const counts = {
    orders: observations.length + unquoted,
    unquoted,
    beyond: observations.length - used.length,
    capBps: flags.cap,
  };
  if (!calibration.ok) process.exitCode = EXIT.error;
  if (flags.json === true)
    process.stdout.write(`${JSON.stringify({ schema_version: 1, ...counts, ...calibration })}\n`);
  else if (calibration.ok) process.stdout.write(renderCalibration(calibration, counts));
  else process.stderr.write(`not calibrated: ${calibration.message} (${counts.unquoted} orders have no quote)\n`);
}

function quotedFills(folder: string): QuotedFill[] {
  return readRecording(folder).fills.map(({ symbol, order_id, quantity, price, quote }) => ({
    symbol,
    orderId: order_id,
    quantity: Number(quantity),
    price: Number(price),
    quote: quote && {
      bid: Number(quote.bid),
      ask: Number(quote.ask),
      notional: Math.min(Number(quote.bid) * Number(quote.bid_qty), Number(quote.ask) * Number(quote.ask_qty)),
    },
  }));
}

/** `costs sensitivity CONFIG`: what an error in each parameter of portfolio.quoted would do to the cost of orders. */
export function costSensitivityCommand(
  file: string,
  flags: { readonly size: readonly number[]; readonly json?: boolean },
): void {
  const { portfolio } = openConfig(file, {}).config;
  const { quoted } = portfolio;
  if (quoted === null) throw new UsageError(`${file} has no portfolio.quoted: there is no model to vary`);
  const costs = {
    halfSpreadBps: quoted.half_spread_bps,
    alphaBps: quoted.alpha,
    capBps: quoted.cap_bps,
    penaltyBps: quoted.penalty_bps,
    maxSafe: quoted.max_safe,
  };
  const sizes = flags.size.length === 0 ? SIZES : flags.size;
  const table: CostSensitivity = costSensitivity(costs, portfolio.cost_bps, sizes);
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ schema_version: 1, sizes, ...table })}\n`
      : renderCostSensitivity(table, sizes, styleOf(process.stdout, process.env)),
  );
}
