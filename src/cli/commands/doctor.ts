import { existsSync, readFileSync } from "node:fs";
import { auditPath, readControl } from "../../control/control-state.ts";
import { runBacktest } from "../../engine/run-backtest.ts";
import { requireWritable } from "../../engine/run-folder.ts";
import { instantiateKernels, kernelBytes } from "../../kernels/load.ts";
import { verifyChain } from "../../lib/hash-chain.ts";
import { packageVersion } from "../../lib/package.ts";
import { sha256 } from "../../lib/sha256.ts";
import { openConfigMarket, resolveConfig } from "../../library.ts";
import { seriesOf } from "../../market/column-series.ts";
import { penOf } from "../../reporting/pen.ts";
import { renderTable } from "../../reporting/table.ts";
import { plain } from "../../reporting/text-width.ts";
import { EXIT } from "../exit-codes.ts";
import { describeFailure } from "../failures.ts";
import { openConfig, openMarketFor } from "../open-run.ts";
import { styleOf } from "../terminal.ts";

export interface DoctorFlags {
  readonly data?: string;
  readonly stateDir: string;
  readonly out: string;
  readonly live?: boolean;
  readonly json?: boolean;
}

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** Worth knowing, and no reason to stop. */
  readonly warning?: boolean;
  readonly found: string;
}

/** `doctor [CONFIG]`: is everything here that a run needs? Reads and tries, changes nothing; exit 1 when something is wrong. */
export async function doctor(file: string | undefined, flags: DoctorFlags): Promise<void> {
  const checks: Check[] = [
    check("Node", node),
    check("kernels", kernels),
    check("engine", engine),
    ...(file === undefined ? [] : [check(`config ${file}`, () => config(file, flags))]),
    check("run folders", () => writable(flags.out)),
    check("control", () => control(flags.stateDir)),
    check("audit log", () => audit(flags.stateDir)),
    ...(file !== undefined && flags.live === true ? await (await import("./doctor-live.ts")).liveChecks(file) : []),
  ];
  if (checks.some(({ ok }) => !ok)) process.exitCode = EXIT.error;
  process.stdout.write(flags.json === true ? `${JSON.stringify({ schema_version: 1, checks })}\n` : textOf(checks));
}

function textOf(checks: readonly Check[]): string {
  const pen = penOf(styleOf(process.stdout, process.env));
  const rows = checks.map(({ name, ok, warning, found }) => [
    warning === true ? pen.alarm("warn") : ok ? pen.good("ok") : pen.alarm("FAIL"),
    name,
    found.split("\n").map(plain).join("\n"),
  ]);
  return `${renderTable([{ title: "" }, { title: "Check", wraps: true }, { title: "Found", wraps: true }], rows, pen)}\n`;
}

/** A check says what it found, or throws what is wrong. */
function check(name: string, look: () => string): Check {
  try {
    return { name, ok: true, found: look() };
  } catch (error) {
    const found = error instanceof Finding ? error.message : describeFailure(error, { color: false }).text;
    return { name, ok: false, found };
  }
}

/** What a check found wrong itself. */
class Finding extends Error {}

function node(): string {
  const { engines } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  const least = String(engines.node).replace(">=", "");
  if (process.versions.node.localeCompare(least, "en", { numeric: true }) < 0)
    throw new Finding(`${process.version}, at least ${least} is needed`);
  return `${process.version}, mcbot ${packageVersion()}`;
}

function kernels(): string {
  instantiateKernels(1024);
  return `sha256 ${sha256(kernelBytes())}`;
}

/** A small synthetic run on both paths: they must agree to the bit here, too. */
function engine(): string {
  const small = resolveConfig({
    pods: [{ pod_id: "a", strategy: "tsmom", symbols: ["BTC/USDT"], initial_fraction: 0.5, max_fraction: 0.5 }],
    backtest: { start: "2023-01-01", end: "2023-12-31" },
    data: { path: "synthetic" },
  });
  const market = openConfigMarket(small);
  const [fast, event] = [true, false].map(
    (isFast) => runBacktest(small, market, { fast: isFast }).result.header.result_hash,
  );
  if (fast !== event) throw new Finding(`the fast path decides ${fast}, the event path ${event}`);
  return `fast and event path agree, ${fast}`;
}

function config(file: string, { data }: DoctorFlags): string {
  const loaded = openConfig(file, { data });
  const { market } = openMarketFor(loaded.config, loaded.origins.get("data.path")?.kind === "default");
  const bars = market.bars.reduce((sum, bars) => sum + seriesOf(bars).rows, 0);
  return `sound, ${loaded.warnings.length} warnings; ${market.label}, ${bars} bars`;
}

function writable(folder: string): string {
  requireWritable(folder);
  return `${folder} can be written`;
}

function control(folder: string): string {
  const found = readControl(folder);
  if (found.known) return `${found.state.mode} in ${folder}`;
  if (found.code === "MISSING" && !existsSync(auditPath(folder))) return `none yet in ${folder}`;
  throw new Finding(found.message);
}

function audit(folder: string): string {
  const { records, problem } = verifyChain(auditPath(folder));
  if (problem !== null) throw new Finding(`${auditPath(folder)}:${problem.line}: ${problem.message}`);
  return `${records.length} records, the chain holds`;
}
