import { z } from "zod";
import { text, whole } from "../fields.ts";

export const monitoring = z.strictObject({
  port: whole({ min: 0, max: 65_535 }).default(9464).describe("TCP port of the metrics; 0 picks a free one"),
  host: text("a host name or address").default("127.0.0.1").describe("Address the metrics listen on"),
});
