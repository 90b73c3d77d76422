import { isLoopbackHost } from "../../lib/loopback.ts";
import { nearest } from "../hints.ts";
import { formatPath } from "../path.ts";
import type { Problem } from "../problem.ts";
import type { Config } from "../schema.ts";

/** Initial capital of a pod, in quote units, below which minimum order sizes distort what it holds. */
const SMALL_CAPITAL = 1000;

/** Slippage of the quoted model where no size is known (spec 6.5). */
const UNKNOWN_SIZE_BPS = 20;

/** What is allowed and probably not meant. */
export function configWarnings(config: Config): Problem[] {
  return [
    ...smallPods(config),
    ...automaticRecovery(config),
    ...unusedQuoted(config),
    ...quotedCosts(config),
    ...unusedInstruments(config),
    ...spotFunding(config),
    ...openMetrics(config),
  ];
}

function smallPods({ pods, backtest, execution }: Config): Problem[] {
  const given = execution.capital;
  const capital = typeof given === "number" ? Math.min(given, backtest.capital) : backtest.capital;
  return pods.flatMap((pod, i): Problem[] => {
    const share = capital * pod.initial_fraction;
    if (share >= SMALL_CAPITAL) return [];
    const path = ["pods", i, "initial_fraction"];
    const least = Math.ceil((SMALL_CAPITAL / capital) * 1000) / 1000;
    return [
      {
        path,
        code: "SMALL_CAPITAL",
        value: pod.initial_fraction,
        expected: `at least ${SMALL_CAPITAL} of initial capital per pod; ${pod.pod_id} gets ${Number(share.toPrecision(12))}`,
        hint: least <= 1 ? `of a capital of ${capital} that is a fraction of ${least}` : "raise the capital",
      },
    ];
  });
}

function automaticRecovery({ orchestrator, execution }: Config): Problem[] {
  const { mode } = orchestrator.risk.recovery;
  if (execution.mode !== "live" || mode === "manual") return [];
  const path = ["orchestrator", "risk", "recovery", "mode"];
  const hint = "after a drawdown halt cooldown trades again without asking anybody";
  return [
    { path, code: "RISKY", value: mode, expected: "manual in live trading", hint, near: [["execution", "mode"]] },
  ];
}

function unusedQuoted({ portfolio }: Config): Problem[] {
  if (portfolio.quoted === null || portfolio.cost_model === "quoted") return [];
  const path = ["portfolio", "quoted"];
  const expected = "cost_model quoted: without it these parameters do nothing";
  return [{ path, code: "NO_EFFECT", value: portfolio.quoted, expected, hint: null }];
}

function quotedCosts({ portfolio }: Config): Problem[] {
  const { cost_model, quoted, slippage_bps } = portfolio;
  if (cost_model !== "quoted" || quoted === null) return [];
  const path = ["portfolio", "cost_model"];
  const unknown = quoted.half_spread_bps + UNKNOWN_SIZE_BPS + quoted.penalty_bps;
  const expected = `recorded quotes: where bars have none, every order pays ${unknown} bps (half spread, ${UNKNOWN_SIZE_BPS}, penalty)`;
  const hint = `slippage_bps ${slippage_bps} and impact do nothing`;
  return [{ path, code: "NO_EFFECT", value: "quoted", expected, hint }];
}

function unusedInstruments({ pods, data }: Config): Problem[] {
  const traded = [...new Set(pods.flatMap((pod) => pod.symbols))];
  return Object.keys(data.instruments).flatMap((symbol): Problem[] => {
    if (traded.includes(symbol)) return [];
    const path = ["data", "instruments", symbol];
    const hint = `nearest traded symbol: ${nearest(symbol, traded)}`;
    return [{ path, code: "NO_EFFECT", value: symbol, expected: "a symbol that a pod trades", hint }];
  });
}

function spotFunding({ data }: Config): Problem[] {
  if (data.market !== "spot" || data.funding !== "required") return [];
  const expected = "market usdm: spot pays no funding, and no rates are read";
  return [
    {
      path: ["data", "funding"],
      code: "NO_EFFECT",
      value: data.funding,
      expected,
      hint: null,
      near: [["data", "market"]],
    },
  ];
}

function openMetrics({ monitoring }: Config): Problem[] {
  if (isLoopbackHost(monitoring.host)) return [];
  const path = ["monitoring", "host"];
  const hint = `${formatPath(path)} opens account figures to the network`;
  return [{ path, code: "RISKY", value: monitoring.host, expected: "a loopback address such as 127.0.0.1", hint }];
}
