// npm run test:browser [-- NAME…]: reports in a real Chromium. CHROMIUM names another binary than /usr/bin/chromium.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { CASES, writeFiles } from "./cases.js";
import { checkNumbers } from "./numbers.js";

const LOOKS = [
  { width: 1280, colorScheme: "light", media: "screen" },
  { width: 390, colorScheme: "light", media: "screen" },
  { width: 1280, colorScheme: "dark", media: "screen" },
  { width: 390, colorScheme: "dark", media: "screen" },
  { width: 1280, colorScheme: "light", media: "print" },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const wanted = process.argv.slice(2);
  const cases = CASES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  assert.ok(cases.length > 0, `no such case: ${CASES.map(({ name }) => name).join(", ")}`);
  for (const one of cases) await look(one);
} finally {
  await browser.close();
}

async function look({ name, files, commands, ...expected }) {
  const folder = mkdtempSync(join(tmpdir(), "mcbot-browser-"));
  try {
    writeFiles(folder, files);
    for (const command of commands)
      execFileSync(process.execPath, [resolve("dist/cli/main.js"), ...command], {
        cwd: folder,
        stdio: ["ignore", "ignore", "inherit"],
      });
    const result = JSON.parse(readFileSync(join(folder, "runs/last/result.json"), "utf8"));
    const url = pathToFileURL(join(folder, "runs/last/report.html")).href;
    for (const how of LOOKS) await check(url, how, result, expected);
    await checkPolicy(url);
    console.log(`ok  ${name}: ${LOOKS.length} looks`);
  } catch (error) {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function check(url, { width, colorScheme, media }, result, { sections = [], missing = [], text = [] }) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const messages = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(error.message));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) messages.push(`request: ${request.url()}`);
  });
  await page.emulateMedia({ media });
  await open(page, url);

  const seen = await page.evaluate(readPage);
  assert.ok(seen.charts.length > 3);
  for (const { title, ink, color, wantsColor } of seen.charts) {
    assert.ok(ink > 0, `${title} is not drawn`);
    assert.ok(color > 0 || !wantsColor, `${title} has axes and no curve`);
  }
  assert.ok(seen.overflow <= 0, `the page is ${seen.overflow} px wider than the window`);
  for (const id of sections) assert.ok(seen.ids.includes(id), `there is no ${id}`);
  for (const id of missing) assert.ok(!seen.ids.includes(id), `${id} has nothing to say about this run`);
  for (const pattern of text) assert.ok(pattern.test(seen.text), `the page does not say ${pattern}`);
  assert.deepEqual(
    seen.links.filter((id) => !seen.ids.includes(id)),
    [],
    "links that lead nowhere",
  );
  checkNumbers(seen, result);

  if (media === "screen") await checkKeyboard(page, result);
  assert.deepEqual(messages, [], "no message on the console, no request");
  await page.close();
}

async function open(page, url) {
  await page.goto(url);
  await page.waitForFunction(
    () => Number(document.documentElement.dataset.drawn) === document.querySelectorAll(".chart").length,
  );
}

/** Runs in the page. */
function readPage() {
  const charts = [...document.querySelectorAll(".chart")].map((element) => {
    const canvas = element.querySelector("canvas");
    const { series, lanes } = JSON.parse(element.querySelector("script").textContent);
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let [ink, color] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] === 0) continue;
      ink++;
      const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
      if (Math.max(r, g, b) - Math.min(r, g, b) > 60) color++;
    }
    const title = element.parentElement.querySelector("figcaption").textContent;
    const wantsColor = lanes !== undefined || series.some((s) => s.color >= 0 && s.values.some((v) => v !== null));
    return { title, ink, color, wantsColor };
  });
  const rowsOf = (table) =>
    [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent.replace(/\s+/g, " ").trim()));
  return {
    charts,
    overflow: document.documentElement.scrollWidth - innerWidth,
    ids: [...document.querySelectorAll("[id]")].map(({ id }) => id),
    links: [...document.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute("href").slice(1)),
    text: document.querySelector("main").textContent,
    metrics: Object.fromEntries(
      [...document.querySelectorAll("[data-metric]")].map((cell) => [cell.dataset.metric, cell.textContent]),
    ),
    tables: Object.fromEntries([...document.querySelectorAll("table[id]")].map((table) => [table.id, rowsOf(table)])),
  };
}

/** The first chart says the last day's equity, zooms with the charts of its group, and shows all again. */
async function checkKeyboard(page, { days }) {
  await page.locator(".chart").first().focus();
  const output = page.locator("output").first();
  await page.keyboard.press("End");
  const words = await output.textContent();
  assert.ok(words.startsWith(days.date.at(-1)), words);
  const equity = days.portfolio.at(-1).toLocaleString("en-US", { maximumFractionDigits: 0 });
  assert.ok(words.includes(`portfolio ${equity}`), `${words}: expected ${equity}`);
  const drawn = () =>
    page.evaluate(() => [...document.querySelectorAll("canvas")].slice(0, 2).map((c) => c.toDataURL()));
  // Curves of one day cannot be zoomed into.
  if (days.date.length > 30) {
    await page.keyboard.press("Home");
    const before = await drawn();
    await page.keyboard.press("+");
    await page.waitForFunction((old) => document.querySelectorAll("canvas")[1].toDataURL() !== old, before[1]);
    const zoomed = await drawn();
    assert.notEqual(zoomed[0], before[0], "+ zooms the chart");
    await page.keyboard.press("0");
    await page.waitForFunction((old) => document.querySelectorAll("canvas")[1].toDataURL() === old, before[1]);
  }
  await page.keyboard.press("1");
  assert.equal(await output.textContent(), "portfolio hidden");
}

/** The page's own policy forbids it every connection. */
async function checkPolicy(url) {
  const page = await browser.newPage();
  await open(page, url);
  const blocked = await page.evaluate(async () => {
    const violations = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
      violations.push(effectiveDirective),
    );
    await fetch("http://127.0.0.1:9/").catch(() => {});
    const script = document.createElement("script");
    script.textContent = "globalThis.foreign = true";
    document.body.append(script);
    await new Promise((done) => setTimeout(done, 50));
    return { violations, foreign: globalThis.foreign === true };
  });
  assert.deepEqual(blocked, { violations: ["connect-src", "script-src-elem"], foreign: false });
  await page.close();
}
