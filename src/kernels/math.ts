import { instantiateKernels } from "./load.ts";

const { exp, log, pow, sin, cos } = instantiateKernels(0).exports;

/**
 * exp, log, pow, sin and cos whose every bit is specified: the same on every machine and Node version.
 * Decisions (strategies, the synthetic market) use these and never the host's Math functions of the same name.
 */
export const math = { exp, log, pow, sin, cos } as const;
