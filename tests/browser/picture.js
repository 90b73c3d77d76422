// npm run picture: docs/images/report.png, the top of a real report. CHROMIUM names another binary than /usr/bin/chromium.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const PICTURE = resolve("docs/images/report.png");
const MOST_BYTES = 300_000;

const folder = mkdtempSync(join(tmpdir(), "mcbot-picture-"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const command = ["orchestrate", "backtest", resolve("config/seven-pods.yaml"), "--report"];
  execFileSync(process.execPath, [resolve("dist/cli/main.js"), ...command], { cwd: folder, stdio: "ignore" });
  const page = await browser.newPage({ viewport: { width: 1180, height: 1800 } });
  await page.goto(pathToFileURL(join(folder, "runs/last/report.html")).href);
  await page.waitForFunction(() => Number(document.documentElement.dataset.drawn) > 8);
  mkdirSync(join(PICTURE, ".."), { recursive: true });
  await page.screenshot({ path: PICTURE });
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
const { size } = statSync(PICTURE);
console.log(`${PICTURE}: ${size} bytes`);
if (size > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes`);
