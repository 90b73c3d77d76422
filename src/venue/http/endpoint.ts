import type { Venue } from "../venue.ts";
import type { Parameters } from "./parameters.ts";

/** What an exchange's documentation says of one endpoint, and what answers it. */
export interface Endpoint {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  /** NONE: public; KEY: the key's header; SIGNED: key, timestamp and signature. */
  readonly security: "NONE" | "KEY" | "SIGNED";
  readonly weight: number;
  /** Names it understands; any other is refused. */
  readonly parameters: readonly string[];
  /** Counts against the order limits. */
  readonly isOrder?: boolean;
  /** Returns the JSON of the answer. @throws VenueError */
  handle(venue: Venue, parameters: Parameters): unknown;
}
