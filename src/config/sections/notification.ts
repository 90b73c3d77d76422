import { z } from "zod";
import { secretReference } from "../fields.ts";

const webhook = secretReference.nullable().default(null);

const discord = z.strictObject({
  alerts: webhook.describe("Webhook for alerts, as env:NAME"),
  trade_log: webhook.describe("Webhook for trades and transfers, as env:NAME"),
  daily_report: webhook.describe("Webhook for the daily report, as env:NAME"),
});

export const notification = z.strictObject({
  discord: discord.prefault({}).describe("Discord channels"),
  webhook: webhook.describe("A generic JSON webhook, as env:NAME"),
});
