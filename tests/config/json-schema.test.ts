// Goal: an editor that knows the JSON Schema accepts what the loader accepts, and knows every key.
// Method: zod reads the published schema back; that reader shares nothing with ours but the JSON.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import type { Description } from "../../src/config/description.ts";
import { configJsonSchema } from "../../src/config/json-schema.ts";
import { MINIMAL, parse } from "./support.ts";

const schema = configJsonSchema();
const reader = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
const accepts = (text: string) => reader.safeParse(parseYaml(text)).success;
const example = readFileSync(new URL("../../config/orchestrator-example.yaml", import.meta.url), "utf8");

describe("JSON Schema", () => {
  it("is draft 2020-12 and plain JSON without notes of ours", () => {
    expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(JSON.stringify(schema)).not.toMatch(/"x-|9007199254740991/);
  });

  it("accepts the shipped example and a minimal file", () => {
    expect(accepts(example)).toBe(true);
    expect(accepts(MINIMAL)).toBe(true);
  });

  it.each(["orchestrator: {kelly: 1}", "backtest: {capital: -1}", "portfolio: {netting: both}", "data: {seed: 1.5}"])(
    "refuses %s",
    (line) => {
      expect(accepts(`${MINIMAL}${line}\n`)).toBe(false);
    },
  );

  it("describes every key there is", () => {
    const undescribed = (node: Description, path: string): string[] => [
      ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => [
        ...(child.description ? [] : [`${path}.${key}`]),
        ...undescribed(child, `${path}.${key}`),
      ]),
      ...(node.items ? undescribed(node.items, `${path}[]`) : []),
      ...(node.anyOf ?? []).flatMap((branch) => undescribed(branch, path)),
    ];
    expect(undescribed(schema as Description, "")).toEqual([]);
  });

  it("has every key of a resolved config, and its default", () => {
    const { params: _, ...pod } = parse(MINIMAL).config.pods[0] ?? {};
    const config = { ...parse(MINIMAL).config, pods: [pod] };
    const compare = (value: unknown, node: Description | undefined, path: string): string[] => {
      if (node === undefined) return [`no ${path}`];
      if (Array.isArray(value) && node.items) return value.flatMap((item) => compare(item, node.items, `${path}[]`));
      if (typeof value === "object" && value !== null && node.properties) {
        return Object.entries(value).flatMap(([key, child]) =>
          compare(child, node.properties?.[key], `${path}.${key}`),
        );
      }
      return JSON.stringify(node.default) === JSON.stringify(value) ? [] : [path];
    };
    // Required keys have no default, and this one default depends on another key.
    const without = [".pods[].pod_id", ".pods[].strategy", ".pods[].symbols[]", ".pods[].risk.drawdown_warning"];
    expect(compare(config, schema as Description, "").sort()).toEqual(without.sort());
  });
});
