// Goal: the names in TypeScript are the codes of the module, and an unknown code is a bug.

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../../src/kernels/load.ts";
import { isUsable, type KernelStatus, STATUS_CODES, statusOf } from "../../src/kernels/status.ts";

describe("kernel statuses", () => {
  it.each(Object.keys(STATUS_CODES) as KernelStatus[])("%s", async (name) => {
    const exports = instantiateKernels(0).exports as unknown as Record<string, { value: number }>;
    const source = await import(join(import.meta.dirname, "../../assembly/status.ts"));
    expect(exports[`STATUS_${name}`]?.value).toBe(STATUS_CODES[name]);
    expect(source[`STATUS_${name}`]).toBe(STATUS_CODES[name]);
    expect(statusOf(STATUS_CODES[name])).toBe(name);
    expect(isUsable(name)).toBe(STATUS_CODES[name] >= 0);
  });

  it("refuses a code without a name", () => {
    expect(() => statusOf(7)).toThrow("7 is no status");
  });
});
