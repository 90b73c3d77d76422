// npm run test:browser: the report in a real Chromium. CHROMIUM names another binary than /usr/bin/chromium.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const RUNS = [
  ["portfolio", ["orchestrate", "backtest", resolve("config/seven-pods.yaml"), "--report"]],
  ["one strategy", ["eda", "run", resolve("config/single-strategy.yaml"), "--data", "synthetic", "--report"]],
  [
    "one day",
    [
      ...["backtest", "run", "tsmom", "BTC/USDT", "--data", "synthetic", "--report"],
      ...["--start", "2024-01-01", "--end", "2024-01-01"],
    ],
  ],
];
const LOOKS = [
  { width: 1280, colorScheme: "light", media: "screen" },
  { width: 390, colorScheme: "light", media: "screen" },
  { width: 1280, colorScheme: "dark", media: "screen" },
  { width: 390, colorScheme: "dark", media: "screen" },
  { width: 1280, colorScheme: "light", media: "print" },
];

const folder = mkdtempSync(join(tmpdir(), "mcbot-browser-"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  for (const [name, command] of RUNS) {
    execFileSync(process.execPath, [resolve("dist/cli/main.js"), ...command], { cwd: folder });
    const result = JSON.parse(readFileSync(join(folder, "runs/last/result.json"), "utf8"));
    for (const look of LOOKS) {
      await check(look, result);
      console.log(`ok  ${name}, ${look.width} px, ${look.colorScheme}, ${look.media}`);
    }
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

async function check({ width, colorScheme, media }, result) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const messages = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(error.message));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) messages.push(`request: ${request.url()}`);
  });
  await page.emulateMedia({ media });
  await page.goto(pathToFileURL(join(folder, "runs/last/report.html")).href);

  const seen = await page.evaluate(() => ({
    charts: document.querySelectorAll(".chart").length,
    inked: [...document.querySelectorAll("canvas")].filter((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value !== 0);
    }).length,
    overflow: document.documentElement.scrollWidth - innerWidth,
    metrics: Object.fromEntries(
      [...document.querySelectorAll("[data-metric]")].map((cell) => [cell.dataset.metric, cell.textContent]),
    ),
    pods: document.querySelectorAll("#pod-table tbody tr").length,
    ends: [...document.querySelectorAll("#attribution tbody tr td:last-child")].map((cell) => cell.textContent),
  }));
  assert.equal(seen.inked, seen.charts, "every chart is drawn");
  assert.ok(seen.overflow <= 0, `the page is ${seen.overflow} px wider than the window`);
  assert.equal(seen.pods, result.pods.length);

  const { portfolio, benchmark, attribution } = result;
  const percents = {
    total_return: portfolio.total_return,
    max_drawdown: portfolio.max_drawdown,
    cagr: portfolio.cagr,
    volatility: portfolio.volatility,
    benchmark_total_return: benchmark.total_return,
  };
  for (const [key, metric] of Object.entries(percents)) same(seen.metrics[key], metric, 100);
  same(seen.metrics.sharpe_ratio, portfolio.sharpe_ratio, 1);
  same(seen.metrics.end_equity, { value: portfolio.end_equity }, 1);
  const rows = [...attribution.pods, attribution.reserve, attribution.account];
  for (const [i, row] of rows.entries()) same(seen.ends[i], { value: row.end_micro / 1e6 }, 1);

  if (media === "screen") {
    await page.locator(".chart").first().focus();
    await page.keyboard.press("End");
    assert.match(await page.locator("output").first().textContent(), new RegExp(`^${result.days.date.at(-1)}: `));
  }
  assert.deepEqual(messages, [], "no message on the console, no request");
  await page.close();
}

/** Shown text against a metric: two decimals of its value, or its reason. */
function same(text, { value, reason }, scale) {
  if (value === null) assert.ok(text.startsWith("n/a") && text.includes(reason), `${text}: expected ${reason}`);
  else assert.ok(Math.abs(Number(text.replace(/[+,%]/g, "")) - scale * value) <= 0.005 + 1e-9, `${text}: ${value}`);
}
