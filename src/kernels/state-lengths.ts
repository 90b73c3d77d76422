import type { StateLengths } from "./exports.ts";
import { instantiateKernels } from "./load.ts";

/** The kernels say themselves how much state they need, so no layout is written down twice. */
export const stateLengths: StateLengths = instantiateKernels(0).exports;
