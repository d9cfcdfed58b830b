/** A browser that translates wraps every text node; the pages must go on living. */
import { base, given, print, withPage } from "./harness.mjs";

function translate() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const nodes = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node.data.trim()) nodes.push(node);
  for (const node of nodes) {
    if (node.parentElement.closest("script, style")) continue;
    const outer = document.createElement("font");
    const inner = document.createElement("font");
    node.replaceWith(outer);
    outer.append(inner);
    inner.textContent = `⟦${node.data}⟧`;
  }
}

const result = { headings: [] };
await withPage({}, async ({ page, errors }) => {
  const seen = async () => result.headings.push(await page.locator("h1, h2").first().innerText());
  await page.goto(`${base}/`, { waitUntil: "networkidle" });
  await page.evaluate(translate);
  await page.locator("main button").first().click();
  await page.waitForTimeout(800);
  await page.locator("header nav a").first().click();
  await page.waitForURL(/stories/);
  await page.waitForTimeout(800);
  await seen();
  await page.evaluate(translate);
  await page.locator(`a[href*="${given.story}"]`).first().click();
  await page.locator(".line").first().waitFor();
  await page.evaluate(translate);
  await page.locator(".line").nth(1).click();
  await page.waitForTimeout(1500);
  result.lit = await page.locator("[data-now]").count();
  await page.locator("input[type=search]").first().fill(given.word);
  await page.waitForTimeout(1200);
  await page.evaluate(translate);
  await page.locator("header nav a").nth(1).click();
  await page.waitForURL(/search/);
  await page.getByRole("combobox").fill(given.word);
  await page.getByRole("combobox").press("Enter");
  await page.locator("mark").first().waitFor();
  await page.evaluate(translate);
  await page.getByRole("combobox").fill(given.otherScript);
  await page.getByRole("combobox").press("Enter");
  await page.waitForTimeout(1200);
  await seen();
  result.errors = errors;
});
print(result);
