import type { Config, PodConfig } from "../config/schema.ts";
import { type EnginePlan, joinMembers, planEngine } from "../engine/plan.ts";
import type { SignalRequest } from "../engine/signal-board.ts";
import { assert } from "../lib/assert.ts";
import type { Market } from "../market/market.ts";
import type { GridValue } from "./grid.ts";
import { pointConfig, type SweepSpace } from "./sweep-space.ts";

const CHUNK = 1024;
/** Plans kept; grids that vary more than signals come back to the same few. */
const MOST_PLANS = 256;
const PARAMETER = /^pods\[(\d+)\]\.params\.([A-Za-z_]\w*)$/;

/** Which grids only change parameters of signals: points that differ in nothing else share one engine plan. */
interface Division {
  readonly others: readonly number[];
  readonly parameters: readonly { readonly grid: number; readonly pod: number; readonly key: string }[];
}

interface Template {
  readonly plan: EnginePlan;
  readonly config: Config;
  /** Index into `config.pods` of the engine's pods. */
  readonly podOf: readonly number[];
}

/** Engine plans of points, with the work shared that does not depend on strategy parameters. */
export class PointPlans {
  readonly #space: SweepSpace;
  readonly #market: Market;
  readonly #division: Division;
  readonly #templates = new Map<string, Template>();

  constructor(space: SweepSpace, market: Market) {
    this.#space = space;
    this.#market = market;
    this.#division = divide(space.paths);
  }

  /** The plan's own `requests` are those of the base; these are the point's. */
  of(values: readonly GridValue[]): { plan: EnginePlan; config: Config; requests: readonly SignalRequest[] } {
    const { plan, config, podOf } = this.#template(values);
    const params = new Map<number, Record<string, unknown>>();
    for (const { grid, pod, key } of this.#division.parameters) {
      const own = params.get(pod) ?? { ...config.pods[pod]?.params };
      own[key] = values[grid];
      params.set(pod, own);
    }
    const parsed = new Map<number, unknown>();
    const podCount = plan.setup.pods.length;
    const requests = plan.requests.map((request) => {
      const pod = podOf[request.cell % podCount] as number;
      const own = params.get(pod);
      if (own === undefined) return request;
      if (!parsed.has(pod)) {
        const members = joinMembers({ ...(config.pods[pod] as PodConfig), params: own });
        parsed.set(pod, request.strategy.params.parse(members));
      }
      return { ...request, params: parsed.get(pod) };
    });
    return { plan, config, requests };
  }

  #template(values: readonly GridValue[]): Template {
    const { others } = this.#division;
    const key = JSON.stringify(others.map((g) => values[g]));
    const known = this.#templates.get(key);
    if (known !== undefined) return known;
    const { paths, orchestrated } = this.#space;
    const space = { ...this.#space, paths: others.map((g) => paths[g] as string) };
    const point = pointConfig(
      space,
      others.map((g) => values[g] as GridValue),
    );
    assert(point.ok, `sweep: a planned point is refused: ${point.ok ? "" : point.reason}`);
    const { config } = point;
    const plan = planEngine(config, this.#market, CHUNK, orchestrated);
    const podOf = plan.setup.pods.map(({ podId }) => config.pods.findIndex(({ pod_id }) => pod_id === podId));
    const template = { plan, config, podOf };
    if (this.#templates.size >= MOST_PLANS) this.#templates.clear();
    this.#templates.set(key, template);
    return template;
  }
}

function divide(paths: readonly string[]): Division {
  const matches = paths.map((path) => PARAMETER.exec(path));
  // Parameters mean something only to their strategy: where that varies, nothing is shared.
  const shares = !paths.some((path) => /\.(?:strategy|sub_strategies)\b/.test(path));
  const isParameter = (g: number): boolean => shares && matches[g] !== null;
  const all = paths.map((_, g) => g);
  return {
    others: all.filter((g) => !isParameter(g)),
    parameters: all.filter(isParameter).map((grid) => {
      const [, pod, key] = matches[grid] as RegExpExecArray;
      return { grid, pod: Number(pod), key: key as string };
    }),
  };
}
