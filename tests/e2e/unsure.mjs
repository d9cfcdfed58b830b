/** The "?" after a word the machine was not sure of: by key, by finger, read aloud, copied, printed. */
import { axeSource, base, given, PHONE, picture, print, withPage } from "./harness.mjs";

const result = {};
await withPage({}, async ({ page, errors }) => {
  await page.goto(`${base}/stories/${given.story}`, { waitUntil: "networkidle" });
  const marks = page.getByRole("button", { name: "Unsure word" });
  await marks.first().waitFor();
  const note = page.getByRole("tooltip");
  result.hiddenAtFirst = await note.isHidden();
  result.dotted = await page.evaluate(() =>
    [...CSS.highlights.get("unsure")].map((range) => range.startContainer.data.slice(range.startOffset, range.endOffset)),
  );
  result.stops = await page.locator(".reading [tabindex='0'], .reading button:not([tabindex])").count();
  await page.locator(".turn-time").first().focus();
  await page.keyboard.press("Alt+ArrowDown");
  result.focused = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  result.says = await note.innerText();
  result.described = await page.evaluate(
    () => document.getElementById(document.activeElement.getAttribute("aria-describedby")).textContent,
  );
  await page.evaluate(axeSource());
  result.violations = (await page.evaluate(() => window.axe.run(document))).violations.map(({ id, nodes }) => `${id} ${nodes[0].target}`);
  await picture(page, "unsure-1280");
  await page.keyboard.press("Escape");
  result.sentAway = await note.isHidden();
  await page.keyboard.press("ArrowUp");
  result.backAt = await page.evaluate(() => document.activeElement.className);
  const line = page.locator(".line", { has: marks }).first();
  result.copied = await line.evaluate((element) => {
    getSelection().selectAllChildren(element);
    return getSelection().toString();
  });
  result.found = await page.evaluate((words) => {
    getSelection().removeAllRanges();
    return window.find(words);
  }, given.across);
  await page.emulateMedia({ media: "print" });
  result.legend = await page.getByText(/^\? The transcriber/).isVisible();
  await page.emulateMedia({ media: "screen" });
  await page.goto(`${base}/stories/${given.story}?q=${given.word}`);
  await page.waitForFunction(() => (CSS.highlights.get("found")?.size ?? 0) > 0);
  result.marked = await page.evaluate(() =>
    [...CSS.highlights.get("found")].map((range) => range.startContainer.data.slice(range.startOffset, range.endOffset)),
  );
  result.errors = errors;
});
await withPage({ viewport: PHONE, hasTouch: true }, async ({ page }) => {
  await page.goto(`${base}/stories/${given.story}`, { waitUntil: "networkidle" });
  await page.locator(".unsure").first().tap();
  const note = page.getByRole("tooltip");
  await note.waitFor();
  result.silent = await page.evaluate(() => window.__sound === undefined);
  result.onScreen = await note.evaluate((element) => {
    const box = element.getBoundingClientRect();
    return box.left >= 0 && box.right <= innerWidth;
  });
  await picture(page, "unsure-390");
});
print(result);
