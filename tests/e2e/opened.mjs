/** What opens: menus, suggestions, the sheet, the help, the foot player; judged by the same rules, and by keyboard. */
import { axeSource, base, given, PHONE, DESK, picture, print, withPage } from "./harness.mjs";

const axe = axeSource();
const result = { violations: [], errors: [], focus: {} };

async function judge(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  for (const { id, nodes } of violations) result.violations.push(`${where}: ${id}: ${nodes[0].target} ${nodes[0].failureSummary}`);
  await picture(page, where.replaceAll(" ", "-"));
}

for (const scheme of ["light", "dark"]) {
  await withPage({ viewport: PHONE, colorScheme: scheme }, async ({ page, errors }) => {
    await page.goto(`${base}/search?q=${given.word}`, { waitUntil: "networkidle" });
    await page.getByRole("button", { name: "Narrow down" }).click();
    await judge(page, `sheet 390 ${scheme}`);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Play from/ }).first().click();
    await page.getByRole("region", { name: "Player" }).waitFor();
    await judge(page, `mini-player 390 ${scheme}`);
    await page.getByRole("button", { name: "Menu" }).click();
    await judge(page, `menu 390 ${scheme}`);
    await page.keyboard.press("Escape");
    result.focus.menu = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
    await page.goto(`${base}/stories/${given.story}?t=3`, { waitUntil: "networkidle" });
    await page.locator("section[aria-label=Player] button[aria-expanded]").click();
    await page.locator("summary").first().click();
    await judge(page, `open-player 390 ${scheme}`);
    result.errors.push(...errors);
  });
  await withPage({ viewport: DESK, colorScheme: scheme }, async ({ page, errors }) => {
    await page.goto(`${base}/search`);
    await page.getByRole("combobox").pressSequentially(given.word.slice(0, 4), { delay: 40 });
    await page.getByRole("option").first().waitFor();
    await judge(page, `suggestions 1280 ${scheme}`);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=/);
    result.suggested = new URL(page.url()).searchParams.get("q");
    await page.goto(`${base}/stories/${given.story}`, { waitUntil: "networkidle" });
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await judge(page, `keys 1280 ${scheme}`);
    await page.getByRole("checkbox", { name: "Use these keys" }).uncheck();
    await page.keyboard.press("Escape");
    await page.keyboard.press("k");
    await page.waitForTimeout(300);
    result.keysOff = await page.evaluate(() => window.__sound === undefined);
    await page.getByRole("button", { name: "English" }).first().click();
    await judge(page, `languages 1280 ${scheme}`);
    await page.getByRole("button", { name: "繁體中文" }).first().click();
    await page.waitForFunction(() => document.documentElement.lang === "zh-Hant");
    result.chinese = await page.getByRole("heading", { level: 2 }).allInnerTexts();
    result.errors.push(...errors);
  });
}

// An input method: what is being composed is not sent, and Enter inside it chooses a word only.
await withPage({}, async ({ page, context }) => {
  await page.goto(`${base}/search`);
  await page.getByRole("combobox").focus();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Input.imeSetComposition", { text: "とうきょう", selectionStart: 5, selectionEnd: 5 });
  await cdp.send("Input.dispatchKeyEvent", { type: "rawKeyDown", windowsVirtualKeyCode: 229, key: "Process", code: "Enter" });
  await page.waitForTimeout(200);
  result.composing = new URL(page.url()).search;
  await cdp.send("Input.insertText", { text: "東京" });
  await page.waitForTimeout(50);
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=/);
  result.composed = new URL(page.url()).searchParams.get("q");
});
print(result);
