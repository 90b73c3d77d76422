import { raiseAlert } from "./alerts";
import { ALERT_TYPE_DAILY_LOSS, ALERT_TYPE_DRAWDOWN, emitHalt } from "./events";
import { openTimes } from "./slices";
import {
  ALERT_DAILY,
  ALERT_DRAWDOWN,
  account,
  BARRED_UNTIL,
  BASE_MS,
  BREACH_DAY,
  DAILY_LOSS_LIMIT,
  DAY_BASE,
  DRAWDOWN_LIMIT,
  EQUITY,
  EXPOSURE_FACTOR,
  HALT_DAY,
  HALTED,
  HIGH_WATER,
  LAST_DAY,
  LAST_EQUITY,
} from "./state";

const DAY_MS: f64 = 86400000.0;

/**
 * Phase 6: the portfolio's daily loss and drawdown on account equity at the close, in every slice (spec 2.6).
 *
 * A daily loss breach bars new risk until the next 00:00 UTC strictly after this close; only the first breach of a UTC day
 * counts. A drawdown breach halts: exposure is 0 until the host lets it return. Both flatten, because a wish with
 * exposure 0 is 0.
 */
export function assessRisk(t: i32): void {
  const equity: f64 = unchecked(account[EQUITY]);
  const open: f64 = unchecked(openTimes[t]);
  const day = Math.floor(open / DAY_MS);
  if (day !== unchecked(account[LAST_DAY])) {
    unchecked((account[DAY_BASE] = unchecked(account[LAST_EQUITY])));
    unchecked((account[LAST_DAY] = day));
  }
  unchecked((account[LAST_EQUITY] = equity));
  assessDailyLoss(open + unchecked(account[BASE_MS]), day, equity);
  assessDrawdown(day, equity);
}

function assessDailyLoss(close: f64, day: f64, equity: f64): void {
  const base: f64 = unchecked(account[DAY_BASE]);
  const loss = base > 0.0 ? 1.0 - equity / base : 0.0;
  raiseAlert(ALERT_DAILY, ALERT_TYPE_DAILY_LOSS, loss, unchecked(account[DAILY_LOSS_LIMIT]));
  if (loss < unchecked(account[DAILY_LOSS_LIMIT]) || unchecked(account[BREACH_DAY]) === day) return;
  unchecked((account[BREACH_DAY] = day));
  const end = (Math.floor(close / DAY_MS) + 1.0) * DAY_MS;
  unchecked((account[BARRED_UNTIL] = end));
  emitHalt(ALERT_TYPE_DAILY_LOSS, loss, unchecked(account[DAILY_LOSS_LIMIT]), end);
}

function assessDrawdown(day: f64, equity: f64): void {
  if (equity > unchecked(account[HIGH_WATER])) unchecked((account[HIGH_WATER] = equity));
  const high: f64 = unchecked(account[HIGH_WATER]);
  const drawdown = high > 0.0 ? 1.0 - equity / high : 0.0;
  raiseAlert(ALERT_DRAWDOWN, ALERT_TYPE_DRAWDOWN, drawdown, unchecked(account[DRAWDOWN_LIMIT]));
  if (drawdown < unchecked(account[DRAWDOWN_LIMIT]) || unchecked(account[HALTED]) > 0.0) return;
  unchecked((account[HALTED] = 1.0));
  unchecked((account[HALT_DAY] = day));
  unchecked((account[EXPOSURE_FACTOR] = 0.0));
  emitHalt(ALERT_TYPE_DRAWDOWN, drawdown, unchecked(account[DRAWDOWN_LIMIT]), 0.0);
}
