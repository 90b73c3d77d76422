import { z } from "zod";
import { ConfigError, type ConfigIssue } from "../../src/config/config-error.ts";
import { contextFromRegistry } from "../../src/config/context.ts";
import { type LoadedConfig, type LoadOptions, parseConfig } from "../../src/config/load.ts";

// Strategies of the tests: the shape of the real registry, small enough to know by heart.
const schemas: Record<string, z.ZodType> = {
  "buy-and-hold": z.strictObject({}),
  donchian: z
    .strictObject({ entry_period: z.int().min(2).default(20), exit_period: z.int().min(1).default(10) })
    .refine((p) => p.exit_period < p.entry_period, { path: ["exit_period"], message: "below entry_period" }),
  "donchian-ensemble": z.strictObject({ lookbacks: z.array(z.int().min(2)).min(1).default([5, 10, 20]) }),
  ensemble: z.strictObject({
    sub_strategies: z.array(z.strictObject({ name: z.string(), params: z.unknown(), weight: z.number() })).min(1),
    aggregation: z.enum(["equal_weight", "majority_vote"]),
  }),
  tsmom: z.strictObject({ lookback: z.int().min(1).default(30), vol_target: z.number().gt(0).default(0.3) }),
  "vol-adaptive": z.strictObject({ ema_fast: z.int().min(1).default(10) }),
};

export const context = contextFromRegistry({
  strategyNames: Object.keys(schemas),
  findStrategy: (name) => (schemas[name] ? { params: schemas[name] } : undefined),
});

/** The least a file must say. */
export const MINIMAL = `pods:
  - pod_id: a
    strategy: tsmom
    symbols: [BTC/USDT]
`;

export function parse(text: string, options: Partial<LoadOptions> = {}): LoadedConfig {
  return parseConfig(text, "test.yaml", { context, env: {}, ...options });
}

/** The error of a text that must be refused. */
export function refusal(text: string, options: Partial<LoadOptions> = {}): ConfigError {
  try {
    parse(text, options);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the config was accepted");
}

export function issues(text: string, options: Partial<LoadOptions> = {}): readonly ConfigIssue[] {
  return refusal(text, options).issues;
}
