/** Through a server in front with TLS: what its refusal looks like, and that everything works once it is mended. */
import { base, DESK, given, PHONE, picture, print, withPage } from "./harness.mjs";

/** The certificate is the tests' own; everything else is as in any browser. */
const THROUGH = { ignoreHTTPSErrors: true };
const OURS = /status of 413/;

const next = (page) => page.getByRole("button", { name: "Continue" }).click();
const openUploads = (page) => page.evaluate(async () => (await (await fetch("/api/v1/uploads?open=true")).json()).items);

async function answers(page) {
  await page.goto(`${base}/add/who`);
  await page.getByLabel("Name", { exact: true }).fill("Nguyễn Mai Lan");
  await next(page);
  await page.getByText("Our family", { exact: true }).click();
  await next(page);
  await page.getByText("Yes", { exact: true }).click();
  await next(page);
  await page.waitForURL(/recording/);
}

async function narrow() {
  const out = { statuses: [], errors: [] };
  await withPage({ ...THROUGH, viewport: DESK }, async ({ page, errors, context }) => {
    page.on("response", (answer) => answer.request().method() === "PUT" && out.statuses.push(answer.status()));
    await page.goto(given.link);
    await page.getByLabel("Your name").fill("Mai");
    await page.getByLabel("Password").fill(given.password);
    await page.getByRole("button", { name: "Make the account" }).click();
    await page.waitForURL((address) => !address.pathname.includes("invitation"));
    await answers(page);
    await page.locator("input[type=file]").setInputFiles(given.file);
    await page.getByRole("group").getByRole("button", { name: "English", exact: true }).click();
    await page.getByRole("button", { name: "Send it" }).click();
    const alert = page.getByRole("alert");
    await alert.getByText("refuses parts").waitFor({ timeout: 60_000 });
    out.english = await alert.innerText();
    await picture(page, "front-refuses-1280");
    await page.setViewportSize(PHONE);
    await picture(page, "front-refuses-390");
    const open = await openUploads(page);
    out.open = open.length;
    out.uploads = open.map(({ id }) => id);
    out.cookies = await context.cookies();
    out.state = await context.storageState({ indexedDB: true });
    out.errors.push(...errors);
  });
  await withPage({ ...THROUGH, viewport: PHONE, language: "zh-Hant", storageState: out.state }, async ({ page, errors }) => {
    await page.goto(`${base}/add`);
    await page.locator("input[type=file]").first().setInputFiles(given.file);
    const alert = page.getByRole("alert");
    await alert.getByText("client_max_body_size").waitFor({ timeout: 60_000 });
    out.chinese = await alert.innerText();
    await picture(page, "front-refuses-zh-390");
    await page.setViewportSize(DESK);
    await picture(page, "front-refuses-zh-1280");
    out.errors.push(...errors);
  });
  out.errors = out.errors.filter((text) => !OURS.test(text));
  return out;
}

/** Notes when each event of a stream came. */
function watchStreams() {
  window.__events = [];
  window.EventSource = class extends EventSource {
    constructor(...given) {
      super(...given);
      for (const name of ["progress", "cues"]) this.addEventListener(name, () => window.__events.push(performance.now()));
    }
  };
}

async function wide() {
  const out = { stream: {} };
  await withPage({ ...THROUGH, viewport: PHONE, hasTouch: true, storageState: given.state }, async ({ page, errors, context }) => {
    await page.addInitScript(watchStreams);
    page.on("response", (answer) => {
      const { pathname } = new URL(answer.url());
      if (pathname.endsWith("/events")) out.stream.type = answer.headers()["content-type"] ?? "";
      if (answer.status() === 206) out.range ??= { status: 206, unit: (answer.headers()["content-range"] ?? "").split(" ")[0] };
    });
    await page.goto(`${base}/add`);
    out.uploads = (await openUploads(page)).map(({ id }) => id);
    await page.locator("input[type=file]").first().setInputFiles(given.file);
    await page.waitForURL(/sending/);
    const story = new URL(page.url()).searchParams.get("story");
    await page.locator("main ol li p[lang]").first().waitFor({ timeout: 120_000 });
    await picture(page, "front-live-390");
    await page.setViewportSize(DESK);
    await picture(page, "front-live-1280");
    await page.getByRole("heading", { level: 1, name: "The words are written down" }).waitFor({ timeout: 120_000 });
    out.lines = (await page.locator("main ol li p[lang]").allInnerTexts()).join(" ");
    const times = await page.evaluate(() => window.__events);
    out.stream.beforeEnd = times.length > 1 && times.at(-1) - times[0] > 500;

    await page.goto(`${base}/stories/${story}`);
    await page.locator(".line").first().waitFor();
    await page.keyboard.press("k");
    await page.waitForFunction(() => window.__began, null, { timeout: 20_000 });
    await picture(page, "front-story-1280");
    await page.setViewportSize(PHONE);
    await picture(page, "front-story-390");
    await page.setViewportSize(DESK);

    for (let look = 0; look < 30 && !out.marked; look += 1) {
      await page.goto(`${base}/search?q=country`, { waitUntil: "networkidle" });
      out.marked = (await page.locator("mark").allInnerTexts()).join(" ");
    }
    await picture(page, "front-search-1280");

    await page.getByRole("button", { name: "Mai", exact: true }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Sign in" }).first().waitFor();
    out.signedOut = !(await context.cookies()).some(({ name }) => name === "__Host-storybraid");
    await page.goto(`${base}/sign-in`);
    await page.getByLabel("E-mail").fill("mai@archive.test");
    await page.getByLabel("Password").fill(given.password);
    await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Mai", exact: true }).waitFor();
    out.signedInAgain = (await context.cookies()).some(({ name, secure }) => name === "__Host-storybraid" && secure);
    out.errors = errors;
  });
  return out;
}

print(await { narrow, wide }[given.scene]());
