/** The volunteer's path on a phone: the questions, the sending, a line that breaks, the words coming in. */
import { readFileSync } from "node:fs";
import { axeSource, base, given, PHONE, picture, print, signedIn, withPage } from "./harness.mjs";

const axe = axeSource();
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What the browser itself says of the line that this script cuts, and of answers that it asks for. */
const OURS = /ERR_INTERNET_DISCONNECTED|status of (413|415)/;

/** Rules of accessibility that the page breaks, and targets under 44 px that are no links in a sentence. */
async function examine(page, name, found) {
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.evaluate(axe);
  const { violations } = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), RULES);
  for (const { id, nodes } of violations) found.push(`${name}: ${id} ${nodes[0].target}`);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll("main button, main select, main summary, main label:has(input[type=file])")]
      .filter((one) => one.checkVisibility() && !one.matches(".reach"))
      .filter((one) => one.getBoundingClientRect().height < 43.5 || one.getBoundingClientRect().width < 43.5)
      .map((one) => one.textContent),
  );
  for (const text of small) found.push(`${name}: under 44 px: ${text}`);
  await picture(page, `volunteer-${name}`);
}

const focused = (page) => page.evaluate(() => document.activeElement?.tagName);
const next = (page) => page.getByRole("button", { name: "Continue" }).click();

async function answer(page, { name, form, audience, words }) {
  await page.goto(`${base}/add/who`);
  await page.getByLabel("Name", { exact: true }).fill(name);
  if (form) {
    await page.getByRole("button", { name: "Add another form of the name" }).click();
    await page.getByLabel("Another form of the name").fill(form);
    await page.getByLabel("In which language").selectOption("yue");
  }
  await next(page);
  await page.getByText(audience, { exact: true }).click();
  await next(page);
  await page.getByText(words, { exact: true }).click();
  await next(page);
  await page.waitForURL(/recording/);
}

/** Every question that stood on the page, in turn; "" where there was none. */
const keepQuestions = (page) =>
  page.evaluate(() => {
    window.asked = [];
    const look = () => {
      const now = document.querySelector("h1")?.textContent ?? "";
      if (now !== window.asked.at(-1)) window.asked.push(now);
      requestAnimationFrame(look);
    };
    look();
  });

/** A line on which an answer takes its time. */
async function slowly(route) {
  await new Promise((resolve) => setTimeout(resolve, 800));
  await route.continue();
}

async function whole() {
  const out = { broken: [] };
  await withPage({ viewport: PHONE, hasTouch: true, storageState: signedIn("volunteer") }, async ({ page, errors }) => {
    await page.goto(`${base}/add`);
    await page.waitForURL(/add\/who/);
    await examine(page, "who", out.broken);
    await page.getByLabel("Name", { exact: true }).fill("Nguyễn Mai Lan");
    await page.getByRole("button", { name: "Add another form of the name" }).click();
    await page.getByLabel("Another form of the name").fill("阮梅蘭");
    await page.getByLabel("In which language").selectOption("yue");
    await next(page);
    await page.waitForURL(/consent/);
    out.focusAtQuestion = await focused(page);
    out.chosenBeforehand = await page.locator("input:checked").count();
    out.waits = await page.getByRole("button", { name: "Continue" }).isDisabled();
    await examine(page, "consent", out.broken);
    await page.getByRole("button", { name: "Tiếng Việt" }).click();
    out.asked = await page.locator("h1[lang=vi]").innerText();
    await page.getByText("Mọi người", { exact: true }).click();
    await page.reload();
    out.afterReload = await page.locator("input:checked").getAttribute("value");
    await page.goBack();
    out.back = await page.getByLabel("Name", { exact: true }).inputValue();
    await page.goForward();
    await next(page);
    await page.waitForURL(/words/);
    await examine(page, "words", out.broken);
    await page.getByText("Được", { exact: true }).click();
    await keepQuestions(page);
    await page.route("**/api/v1/stories/*", slowly);
    await next(page);
    await page.waitForURL(/recording/);
    await page.getByRole("heading", { level: 1, name: "Choose the recording" }).waitFor();
    out.asking = await page.evaluate(() => window.asked);
    await page.reload({ waitUntil: "commit" });
    await keepQuestions(page);
    await page.getByRole("heading", { level: 1, name: "Choose the recording" }).waitFor();
    out.asking.push(...(await page.evaluate(() => window.asked)));
    await page.unroute("**/api/v1/stories/*", slowly);
    await page.locator("input[type=file]").setInputFiles(given.file);
    await page.getByRole("button", { name: "日本語", exact: true }).click();
    out.advice = await page.getByText("meant for trying things out").innerText();
    await examine(page, "recording", out.broken);
    await page.getByRole("button", { name: "日本語", exact: true }).click();
    await page.getByText("meant for trying things out").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "English", exact: true }).click();
    await page.evaluate(() => {
      window.said = new Set();
      new MutationObserver(() => window.said.add(document.querySelector("h1")?.textContent)).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    await page.getByRole("button", { name: "Send it" }).click();
    await page.waitForURL(/sending/);
    out.story = new URL(page.url()).searchParams.get("story");
    await page.getByRole("heading", { level: 1, name: "The words are written down" }).waitFor({ timeout: 120_000 });
    await page.getByText("country", { exact: false }).first().waitFor();
    out.headings = [...(await page.evaluate(() => [...window.said]))];
    out.lines = await page.locator("main ol li p[lang]").allInnerTexts();
    await examine(page, "written", out.broken);
    await page.getByRole("link", { name: "Continue" }).click();
    await page.waitForURL(/details/);
    await examine(page, "details", out.broken);
    await page.getByLabel("A title").fill("What I was asked");
    await page.getByLabel("When it was recorded").fill("1961-01-20");
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/done/);
    await page.getByRole("heading", { level: 1, name: "Thank you" }).waitFor();
    await examine(page, "done", out.broken);
    out.link = await page.getByRole("link", { name: "See the story" }).getAttribute("href");
    out.told = await page.evaluate(async (id) => {
      const story = await (await fetch(`/api/v1/stories/${id}`)).json();
      const { items } = await (await fetch(`/api/v1/stories/${id}/consents`)).json();
      return { story, consents: items };
    }, out.story);
    out.errors = errors;
  });
  return out;
}

/** The part's number in its address: the last step of our own, a word of the query of S3's. */
const numberOf = ({ pathname, searchParams }) => Number(searchParams.get("partNumber") ?? pathname.split("/").pop());

async function cut() {
  const out = {};
  await withPage({ viewport: PHONE, hasTouch: true, storageState: signedIn("volunteer") }, async ({ page, errors, context }) => {
    const puts = [];
    page.on("requestfinished", async (request) => {
      if (request.method() === "PUT" && (await request.response())?.ok()) puts.push(numberOf(new URL(request.url())));
    });
    await answer(page, { name: "Remedios Santos", audience: "Nobody yet", words: "No" });
    await page.locator("input[type=file]").setInputFiles(given.big);
    const line = await context.newCDPSession(page);
    await line.send("Network.enable");
    const slow = { offline: false, latency: 50, downloadThroughput: 4e6, uploadThroughput: 6e6 };
    await line.send("Network.emulateNetworkConditions", slow);
    await page.getByRole("button", { name: "Send it" }).click();
    const percent = async () => Number.parseInt(await page.getByTestId("percent").innerText(), 10);
    while ((await percent()) < 40) await page.waitForTimeout(50);
    await context.setOffline(true);
    await line.send("Network.emulateNetworkConditions", { ...slow, offline: true });
    await page.getByRole("heading", { level: 1, name: /You are offline/ }).waitFor();
    out.offline = await page.getByRole("main").innerText();
    out.percentAtCut = await percent();
    out.before = [...puts];
    await context.setOffline(false);
    await line.send("Network.emulateNetworkConditions", { ...slow, latency: 0, uploadThroughput: -1 });
    await page.goto(`${base}/add`);
    await page.getByText("Choose the same file again. Only the missing parts are sent.").waitFor();
    out.kept = await page.getByText(/parts are with us and checked/).first().innerText();
    await page.locator("input[type=file]").first().setInputFiles(given.big);
    await page.getByText("It is the same file. Only the missing parts are sent.").waitFor();
    await page.getByRole("heading", { level: 1, name: /Your recording is safe/ }).waitFor({ timeout: 120_000 });
    out.after = puts.slice(out.before.length);
    out.story = await page.evaluate(async (id) => (await fetch(`/api/v1/stories/${id}`)).json(), new URL(page.url()).searchParams.get("story"));
    out.open = await page.evaluate(async () => (await (await fetch("/api/v1/uploads?open=true")).json()).items.length);
    out.errors = errors.filter((text) => !OURS.test(text));
  });
  return out;
}

async function bad() {
  const out = {};
  await withPage({ viewport: PHONE, hasTouch: true, storageState: signedIn("volunteer") }, async ({ page, errors }) => {
    await answer(page, { name: "Asha Lim", audience: "Our family", words: "No" });
    let refused = 0;
    const isPart = ({ pathname, searchParams }) => pathname.includes("/objects/parts/") || searchParams.has("partNumber");
    await page.route(isPart, async (route) => {
      refused += 1;
      if (refused > 1) await route.continue();
      else
        await route.fulfill({
          status: 413,
          contentType: "text/html",
          // In front of a bucket the page hears of a refusal only when it may.
          headers: { "access-control-allow-origin": base },
          body: "<h1>413 Request Entity Too Large</h1>",
        });
    });
    await page.locator("input[type=file]").setInputFiles([
      { name: "in the cloud.m4a", mimeType: "audio/mp4", buffer: Buffer.alloc(0) },
      { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("Dear Lola") },
      { name: "one.flac", mimeType: "audio/flac", buffer: readFileSync(given.file) },
      { name: "two.wav", mimeType: "audio/wav", buffer: readFileSync(given.other) },
    ]);
    await page.getByRole("button", { name: "Send it" }).click();
    await page.getByText("received, read back and safe").waitFor({ timeout: 60_000 });
    await page.waitForFunction(() => document.querySelectorAll("[role=alert]").length === 3);
    out.alerts = await page.getByRole("alert").allInnerTexts();
    await page.getByRole("alert").filter({ hasText: "server in front" }).getByRole("button", { name: "Try again" }).click();
    await page.waitForFunction(() => document.querySelectorAll("[role=alert]").length === 2);
    await page.getByText("received, read back and safe").nth(1).waitFor({ timeout: 60_000 });
    out.errors = errors.filter((text) => !OURS.test(text));
  });
  return out;
}

async function stranger() {
  const out = {};
  for (const role of [undefined, "registered"]) {
    await withPage({ viewport: PHONE, storageState: role && signedIn(role) }, async ({ page }) => {
      await page.goto(`${base}/add/recording?story=${given.story ?? "none"}`);
      await page.getByRole("heading", { level: 1, name: "Add a story" }).waitFor();
      out[role ?? "stranger"] = await page.getByRole("main").innerText();
    });
  }
  return out;
}

print(await { whole, cut, bad, stranger }[given.scene]());
