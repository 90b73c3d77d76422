// Goal: the result of an orchestrated run is consistent with itself, to the last bit where it is money or a fraction, and its
// keys are those that readers rely on.
// Method: one lively run on the synthetic market through the real engine, in which every rule acts.

import { describe, expect, it } from "vitest";
import { ALLOCATION_PARTS } from "../../src/analytics/orchestration/allocation-history.ts";
import { eventsOf } from "../../src/analytics/tables/event-source.ts";
import { contextFromRegistry } from "../../src/config/context.ts";
import { resolveObject } from "../../src/config/load.ts";
import { compareAllocations } from "../../src/engine/compare-allocations.ts";
import { explainAllocation } from "../../src/engine/explain-allocation.ts";
import { explainTransition } from "../../src/engine/explain-transition.ts";
import { identifyRun } from "../../src/engine/run-identity.ts";
import { openConfigMarket, resolveConfig } from "../../src/library.ts";
import type { EngineEvent } from "../../src/orchestrator/events.ts";
import * as registry from "../../src/strategies/registry.ts";
import { AccountBook } from "../support/account-book.ts";
import { LIVELY } from "../support/lively-config.ts";
import { livelyRun } from "../support/lively-run.ts";

const { result, record } = livelyRun();
const { header, pods, attribution, days } = result;
const config = resolveConfig(LIVELY);
const market = openConfigMarket(config);
const log = record.orchestrator as NonNullable<typeof record.orchestrator>;

describe("the run", () => {
  it("is lively: every rule that the tests below look at acted", () => {
    expect(header.orchestration).toMatchObject({ false_retirement_rate: expect.any(String) });
    const { false_retirement_rate: _, fallbacks, ...counts } = header.orchestration ?? ({} as never);
    for (const [name, count] of Object.entries(counts)) expect(count, name).toBeGreaterThan(0);
    expect(fallbacks).toBe(0);
    const reasons = new Set(result.lifecycle_events.map(({ reason }) => reason));
    expect(reasons).toContain("GRADUATION");
    expect(reasons).toContain("DRAWDOWN_BREACH");
    expect(reasons).toContain("PROBATION_TIMEOUT");
    const halts = result.risk_events.filter((event) => event.kind === "halt");
    expect(new Set(halts.map(({ reason }) => reason))).toEqual(new Set(["DAILY_LOSS", "DRAWDOWN"]));
  });

  it("counts kernel calls: one of the step kernel per slice and day end at least, and the numeric ones", () => {
    expect(header.kernel_calls).toBe(header.step_calls + header.numeric_calls);
    expect(header.step_calls).toBeGreaterThanOrEqual(days.date.length);
    expect(header.numeric_calls).toBeGreaterThan(days.date.length);
  });

  it("survives JSON unchanged", () => {
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });
});

describe("allocation history", () => {
  it("base + kelly + slot + box + step_limit + volatility + prc_trim === final, for every run and pod", () => {
    expect(result.allocation_history.length).toBe(header.orchestration?.allocation_runs);
    for (const run of result.allocation_history) {
      for (const pod of run.pods) {
        const sum = ALLOCATION_PARTS.reduce((total, part) => total + pod[part], 0);
        expect(sum === pod.final, `${run.date} ${pod.pod_id}: ${sum}, ${pod.final}`).toBe(true);
      }
      const allocated = run.pods.reduce((total, pod) => total + pod.final, 0);
      expect(allocated + run.reserve === 1, run.date).toBe(true);
    }
  });

  it("a run that moved capital leaves each pod at its target, to what rounding and a short reserve leave", () => {
    for (const run of result.allocation_history.filter(({ moved }) => moved)) {
      const d = days.date.indexOf(run.date);
      for (const [p, { final, state }] of run.pods.entries()) {
        if (state === "retired") continue;
        expect(pods[p]?.fractions[d], `${run.date} ${run.pods[p]?.pod_id}`).toBeCloseTo(final, 9);
        expect(pods[p]?.target_fractions[d]).toBe(final);
      }
    }
  });

  it("fractions and reserve sum to 1 every day, and end at the capital fraction", () => {
    for (const d of days.date.keys()) {
      const sum = pods.reduce((total, pod) => total + (pod.fractions[d] as number), days.reserve_fraction[d] as number);
      expect(sum).toBeCloseTo(1, 9);
      expect(days.reserve_fraction[d]).toBeGreaterThanOrEqual(0);
    }
    for (const pod of pods) expect(pod.fractions.at(-1)).toBeCloseTo(pod.capital_fraction, 9);
  });
});

describe("risk contributions", () => {
  const { date, shares, effective_n, mean_correlation } = result.prc_history;

  it("sum to 1 on every day that has any, and say how many strategies that is", () => {
    let measured = 0;
    for (const d of date.keys()) {
      const own = Object.values(shares)
        .map((column) => column[d] ?? null)
        .filter((share) => share !== null);
      expect(own.length === 0).toBe(effective_n[d] === null);
      if (own.length === 0) continue;
      measured++;
      expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(effective_n[d]).toBeCloseTo(1 / own.reduce((sum, share) => sum + share * share, 0), 9);
    }
    expect(measured).toBeGreaterThan(500);
  });

  it("every column has a value per date; correlations are correlations", () => {
    for (const column of [...Object.values(shares), effective_n, mean_correlation])
      expect(column).toHaveLength(date.length);
    for (const value of mean_correlation) expect(Math.abs(value ?? 0)).toBeLessThanOrEqual(1 + 1e-12);
  });
});

describe("attribution", () => {
  it("start + transfers + realised + unrealised − fees − funding = end; transfers of pods and reserve cancel", () => {
    for (const row of [...attribution.pods, attribution.reserve, attribution.account]) {
      const { start_micro, transfers_micro, realized_micro, unrealized_micro, fees_micro, funding_micro } = row;
      const paid = fees_micro + funding_micro;
      expect(start_micro + transfers_micro + realized_micro + unrealized_micro - paid).toBe(row.end_micro);
    }
    const moved = attribution.pods.reduce((sum, row) => sum + row.transfers_micro, 0);
    expect(moved + attribution.reserve.transfers_micro).toBe(0);
    expect(moved).not.toBe(0);
  });
});

describe("the account book", () => {
  it("that never sees an attribution equals pods and reserve after every event, transfers included", () => {
    const events = [...eventsOf(record)];
    const capital = Object.fromEntries(record.pods.map(({ podId, capitalMicro }) => [podId, capitalMicro]));
    const lotsPerUnit = new Map(record.symbols.map((symbol) => [symbol.symbol, symbol.lotsPerUnit]));
    const bookOf = (): AccountBook => new AccountBook(capital, attribution.reserve.start_micro, lotsPerUnit);
    const book = bookOf();
    book.book(events);
    expect(book.cash).toBe(BigInt(record.books.cashMicro.reduce((sum, own) => sum + own, record.books.reserveMicro)));
    const transfers = events.filter((event) => event.type === "transfer");
    expect(book.compared).toBeGreaterThan(transfers.length);
    expect(transfers.length).toBeGreaterThan(100);

    const lost = events.map((event) =>
      event === transfers[5] ? { ...event, reserveAfterMicro: event.reserveAfterMicro - 1 } : event,
    ) as EngineEvent[];
    expect(() => bookOf().book(lost)).toThrow("books: pods and reserve hold");
  });
});

describe("a retired pod", () => {
  const retired = pods.filter(({ state }) => state === "retired");

  it("ends flat, and its last micro-unit is in the reserve", () => {
    expect(retired.length).toBeGreaterThan(1);
    for (const { pod_id, positions, capital_fraction, performance } of retired) {
      for (const { lots } of positions) expect(lots).toBe(0);
      expect(attribution.pods.find((row) => row.pod_id === pod_id)?.end_micro).toBe(0);
      expect({ capital_fraction, equity: performance.current_equity }).toEqual({ capital_fraction: 0, equity: 0 });
    }
    const alive = pods.reduce(
      (sum, { positions }) => sum + positions.reduce((all, { notional }) => all + notional, 0),
      0,
    );
    const cash = record.books.cashMicro.reduce((sum, own) => sum + own, record.books.reserveMicro) / 1e6;
    expect(cash + alive).toBeCloseTo(result.portfolio.end_equity, 5);
  });

  it("has no return after it gave its cash back", () => {
    for (const pod of retired) {
      const last = pod.returns.findLastIndex((value) => value !== null);
      const end = result.lifecycle_events.findLast(({ pod_id }) => pod_id === pod.pod_id)?.date ?? "";
      // It closes at the open after its retirement, at the latest a day later.
      expect(last - days.date.indexOf(end)).toBeLessThanOrEqual(1);
    }
  });
});

describe("pods", () => {
  it("return and drawdown are those of the recorded returns", () => {
    for (const [p, { performance, returns }] of pods.entries()) {
      const own = log.days.map((day) => day.returns[p]).filter((value) => value !== null && value !== undefined);
      expect(returns.filter((value) => value !== null)).toEqual(own);
      let index = 1;
      let high = 1;
      let deepest = 0;
      for (const value of own) {
        index *= 1 + value;
        high = Math.max(high, index);
        deepest = Math.max(deepest, 1 - index / high);
      }
      expect(performance.live_days).toBe(own.length);
      expect(performance.total_return.value).toBeCloseTo(index - 1, 12);
      expect(performance.max_drawdown.value).toBeCloseTo(deepest, 12);
      expect(performance.current_drawdown).toBeCloseTo(1 - index / high, 12);
    }
  });

  it("states are those of the events; their days are the days of the run", () => {
    for (const { pod_id, states, state } of pods) {
      const own = result.lifecycle_events.filter((event) => event.pod_id === pod_id);
      expect(states.slice(1).map((spell) => [spell.state, spell.from, spell.reason])).toEqual(
        own.map(({ to, date, reason }) => [to, date, reason]),
      );
      expect(states.reduce((sum, spell) => sum + spell.days, 0)).toBe(days.date.length);
      expect(states.at(-1)).toMatchObject({ state, to: null });
    }
  });

  it("positions have the weight their symbol really has in the pod", () => {
    const podCount = record.pods.length;
    for (const [p, pod] of record.pods.entries()) {
      const sum = record.symbols.reduce(
        (total, _, s) => total + (record.books.intraWeight[s * podCount + p] as number),
        0,
      );
      expect(sum, pod.podId).toBeCloseTo(1, 12);
      for (const position of pods[p]?.positions ?? []) {
        const s = record.symbols.findIndex(({ symbol }) => symbol === position.symbol);
        const c = s * podCount + p;
        expect(position.target_weight).toBe(
          (record.books.target[c] as number) * (record.books.intraWeight[c] as number) + 0,
        );
      }
    }
    expect(record.books.intraWeight.some((weight) => weight !== 0 && weight !== 0.5)).toBe(true);
  });
});

describe("paths", () => {
  it("fast or with observers: the same result but for the event objects; observers see every orchestrator event", () => {
    const events: EngineEvent[] = [];
    const slow = livelyRun({ fast: false, observers: [(event) => events.push(event)] }).result;
    const strip = ({
      header: { event_objects: _, step_calls: __, kernel_calls: ___, ...head },
      ...rest
    }: typeof result) => ({
      ...rest,
      header: head,
    });
    expect(strip(slow)).toEqual(strip(result));
    const types = new Set(events.map(({ type }) => type));
    for (const type of ["alert", "halt", "transfer", "transition", "allocation", "exposure"] as const) {
      expect(types, type).toContain(type);
    }
    const halts = events.filter(({ type }) => type === "halt");
    expect(halts).toHaveLength(header.orchestration?.halts ?? -1);
  });

  it("without an orchestrator nothing moves: no states, no targets, no runs, no halts", () => {
    const { result: plain } = livelyRun({ orchestrated: false });
    expect(plain.header.orchestration).toBeNull();
    expect(plain.header.numeric_calls).toBe(0);
    expect(plain).toMatchObject({ allocation_history: [], lifecycle_events: [] });
    expect(plain.prc_history.date).toEqual([]);
    expect(plain.risk_events.filter(({ kind }) => kind === "halt")).toEqual([]);
    expect(plain.attribution.reserve.transfers_micro).toBe(0);
    for (const pod of plain.pods) {
      expect(pod).toMatchObject({ state: null, states: [], target_fraction: null });
      expect(pod.performance.live_days).toBe(days.date.length);
      expect(pod.target_fractions.every((target) => target === null)).toBe(true);
    }
  });

  it("a resolved config is a config again, with the same hash", () => {
    const again = resolveObject(JSON.parse(JSON.stringify(config)), contextFromRegistry(registry));
    expect(identifyRun(again, market)).toEqual(identifyRun(config, market));
  });

  it("an operator's action is part of the run id", () => {
    const action = { type: "revive", podId: "cross", day: 19_800 } as const;
    expect(identifyRun(config, market, [action]).runId).not.toBe(identifyRun(config, market).runId);
    expect(identifyRun(config, market, []).runId).toBe(header.run_id);
  });
});

describe("explanations", () => {
  it("allocation: the run at or before a date, its parts summing exactly; the last one without a date", () => {
    const settings = config.orchestrator;
    for (const { date } of result.allocation_history) {
      const explained = explainAllocation(result, settings, date);
      if (!explained.ok) throw new Error(explained.message);
      expect(explained.allocation.date).toBe(date);
      expect(explained.allocation.pods.every(({ sums }) => sums)).toBe(true);
    }
    const last = explainAllocation(result, settings);
    expect(last).toMatchObject({ ok: true, allocation: { date: result.allocation_history.at(-1)?.date } });
    expect(explainAllocation(result, settings, "2022-01-12")).toMatchObject({ allocation: { date: "2022-01-07" } });
    expect(explainAllocation(result, settings, "2021-12-31")).toMatchObject({ ok: false });
    expect(explainAllocation(result, settings, "2025-01-01")).toMatchObject({ ok: false });
    const plain = livelyRun({ orchestrated: false }).result;
    expect(explainAllocation(plain, settings)).toMatchObject({ ok: false });
    expect(explainTransition(plain, "cross")).toMatchObject({ ok: false });
  });

  it("transition: the numbers of its rule were on the side of the bound that it asks for", () => {
    const holds = { above: [1], at_least: [0, 1], at_most: [-1, 0], below: [-1] } as const;
    for (const { pod_id, date, value, threshold, criteria } of result.lifecycle_events) {
      const explained = explainTransition(result, pod_id, date);
      if (!explained.ok) throw new Error(explained.message);
      expect(explained.transition.date).toBe(date);
      expect(criteria[0]).toMatchObject({ value, threshold });
      for (const criterion of criteria) {
        if (criterion.value === null) continue;
        const side = Math.sign(criterion.value - criterion.threshold);
        expect(holds[criterion.bound], `${date} ${pod_id} ${criterion.name}`).toContain(side);
      }
    }
  });

  it("transition: the pod at that close is what the rules saw", () => {
    const breach = result.lifecycle_events.find(({ reason }) => reason === "DRAWDOWN_BREACH");
    const explained = explainTransition(result, breach?.pod_id ?? "", breach?.date);
    if (!explained.ok) throw new Error(explained.message);
    expect(explained.transition.at_close.drawdown).toBeCloseTo(breach?.value ?? 0, 12);
    const graduated = explainTransition(result, "ensemble", "2022-12-31");
    if (!graduated.ok) throw new Error(graduated.message);
    const { at_close, criteria } = graduated.transition;
    const named = new Map(criteria.map(({ name, value }) => [name, value]));
    expect(at_close.live_days).toBe(named.get("live_days"));
    expect(at_close.sharpe_ratio.value).toBeCloseTo(named.get("sharpe_ratio") ?? 0, 12);
    expect(at_close.max_drawdown).toBeCloseTo(named.get("max_drawdown") ?? 0, 12);
  });

  it("transition: says what is wrong with the question", () => {
    expect(explainTransition(result, "nobody")).toMatchObject({ message: expect.stringContaining("cross, donchian") });
    expect(explainTransition(result, "cross", "2022-01-02")).toMatchObject({
      message: expect.stringContaining("2022-02-25"),
    });
    expect(explainTransition(result, "cross", "2026-01-01")).toMatchObject({
      message: expect.stringContaining("2024-12-31"),
    });
  });
});

describe("compare-allocations", () => {
  it("runs the same pods under four methods; the config's own is the run itself", () => {
    const progress: number[] = [];
    const seen: string[] = [];
    const { configured, methods } = compareAllocations(config, market, {
      onProgress: (done, total) => progress.push(done / total),
      onRun: ({ orchestrator }) => seen.push(orchestrator.allocation_method),
    });
    expect(configured).toBe("risk_parity");
    expect(seen.at(-1)).toBe("risk_parity");
    expect(methods.map(({ allocation_method }) => allocation_method)).toEqual([
      "equal_weight",
      "inverse_volatility",
      "risk_parity",
      "adaptive_kelly",
    ]);
    const own = methods.find(({ allocation_method }) => allocation_method === configured);
    expect(own).toMatchObject({ result_hash: header.result_hash, final_equity: result.portfolio.end_equity });
    expect(new Set(methods.map(({ result_hash }) => result_hash)).size).toBe(4);
    expect(progress.at(-1)).toBeCloseTo(1, 2);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  });
});

describe("schema 2 of result.json", () => {
  const keys = (value: object | undefined): string[] => Object.keys(value ?? {}).sort();

  it("has these keys: a change of them is a change of the version", () => {
    expect(result.schema_version).toBe(2);
    expect(keys(result)).toEqual(
      [
        ...[
          "schema_version",
          "header",
          "portfolio",
          "benchmark",
          "days",
          "pods",
          "attribution",
          "costs",
          "orders",
          "fills",
        ],
        ...["stops", "reason_counts", "allocation_history", "prc_history", "lifecycle_events", "risk_events"],
      ].sort(),
    );
    expect(keys(header)).toEqual(
      expect.arrayContaining(["kernel_calls", "step_calls", "numeric_calls", "orchestration"]),
    );
    expect(keys(header.orchestration ?? undefined)).toEqual(
      [
        ...["allocation_runs", "capital_moves", "risk_parity_solves", "fallbacks", "days_with_three_in_production"],
        ...["graduations", "warnings", "recoveries", "retirements", "pods_alive", "halts", "false_retirement_rate"],
      ].sort(),
    );
    expect(keys(days)).toEqual(["benchmark", "date", "portfolio", "reserve_fraction"]);
    expect(keys(pods[0])).toEqual(
      expect.arrayContaining([
        ...["state", "states", "target_fraction", "capital_fraction", "initial_fraction", "equity", "returns"],
        ...["fractions", "target_fractions", "performance", "positions"],
      ]),
    );
    expect(keys(pods[0]?.states[0])).toEqual(["days", "from", "reason", "state", "threshold", "to", "value"]);
    expect(keys(pods[0]?.performance)).toEqual(
      expect.arrayContaining([
        ...["total_return", "sharpe_ratio", "max_drawdown", "calmar_ratio", "win_rate", "trade_count", "live_days"],
        ...["rolling_volatility", "peak_equity", "current_equity", "current_drawdown", "last_updated"],
      ]),
    );
    expect(keys(attribution.account)).toEqual(
      expect.arrayContaining(["start_micro", "transfers_micro", "realized_micro", "unrealized_micro", "end_micro"]),
    );
    expect(keys(result.allocation_history[0])).toEqual(
      [
        ...["date", "triggers", "moved", "solved", "method", "fallback", "iterations", "residual", "volatility"],
        ...["pods", "reserve", "unmet"],
      ].sort(),
    );
    expect(keys(result.allocation_history[0]?.pods[0])).toEqual(
      ["pod_id", "state", "current", ...ALLOCATION_PARTS, "final"].sort(),
    );
    expect(keys(result.prc_history)).toEqual(["date", "effective_n", "mean_correlation", "measurable", "shares"]);
    expect(keys(result.lifecycle_events[0])).toEqual(
      ["date", "time", "pod_id", "from", "to", "reason", "value", "threshold", "criteria"].sort(),
    );
    const common = ["kind", "type", "severity", "message", "value", "threshold"];
    const own = {
      alert: ["time", "pod_id"],
      halt: ["begin", "end", "reason"],
      gross_limit: ["time", "factor", "slices"],
    };
    for (const event of result.risk_events) expect(keys(event)).toEqual([...common, ...own[event.kind]].sort());
  });
});
