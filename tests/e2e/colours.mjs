/** Light, dark, or as the device asks: chosen, remembered, there before the page's own script, in every open page. */
import { base, print, withPage } from "./harness.mjs";

const result = { errors: [] };
const paper = (page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
const pressed = (page) => page.locator("footer [aria-pressed=true]").allInnerTexts();
const frame = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("meta[name=theme-color]")].filter(({ media }) => matchMedia(media).matches).map(({ content }) => content),
  );

for (const [device, other] of [["light", "Dark"], ["dark", "Light"]]) {
  const seen = (result[device] = {});
  await withPage({ colorScheme: device }, async ({ page, context, errors }) => {
    await page.goto(base, { waitUntil: "networkidle" });
    seen.device = await paper(page);
    const second = await context.newPage();
    await second.goto(`${base}/stories`, { waitUntil: "networkidle" });
    await page.getByRole("button", { name: other, exact: true }).click();
    seen.chosen = await paper(page);
    seen.frame = await frame(page);
    seen.pressed = await pressed(page);
    await second.waitForFunction(() => document.documentElement.dataset.colours);
    seen.elsewhere = await paper(second);
    await page.emulateMedia({ media: "print" });
    seen.printed = await paper(page);
    await page.emulateMedia({ media: "screen" });
    // Without its own script the page must stand in the chosen colours already.
    await page.route("**/assets/*.js", (route) => route.abort());
    await page.goto(base);
    seen.before = await paper(page);
    await page.unroute("**/assets/*.js");
    await page.goto(base, { waitUntil: "networkidle" });
    seen.kept = await pressed(page);
    await page.getByRole("button", { name: "As on this device" }).click();
    await page.goto(base, { waitUntil: "networkidle" });
    seen.again = await paper(page);
    result.errors.push(...errors.filter((error) => !error.includes("ERR_FAILED")));
  });
}
await withPage({ language: "zh-Hant" }, async ({ page }) => {
  await page.goto(base, { waitUntil: "networkidle" });
  result.chinese = await page.locator("footer").getByRole("button").allInnerTexts();
});
print(result);
