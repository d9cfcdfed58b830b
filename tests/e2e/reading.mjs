/** Reading along: the second in the address, the lit line and word, following and the way back, the keys. */
import { base, given, print, withPage } from "./harness.mjs";

const result = {};
const story = `${base}/stories/${given.story}`;
const time = (page) => page.getByRole("slider").first().getAttribute("aria-valuetext");
const second = (page) => page.evaluate(() => Math.round(Number(document.querySelector("input[type=range]").value) / 100) / 10);

await withPage({ viewport: { width: 1280, height: 500 } }, async ({ page, errors }) => {
  result.spellings = {};
  for (const t of ["23.2", "0:23", "0h0m23s", "nonsense", ""]) {
    await page.goto(`${story}?t=${t}`);
    await page.locator(".line").first().waitFor();
    await page.waitForTimeout(400);
    result.spellings[t] = await second(page);
  }
  await page.goto(`${story}?t=${given.lineSecond}`);
  await page.locator("[data-now]").waitFor();
  const inView = () =>
    page.evaluate(() => {
      const box = document.querySelector("[data-now]").getBoundingClientRect();
      return box.top >= 0 && box.bottom <= innerHeight;
    });
  await page.waitForTimeout(700);
  result.arrived = { line: await page.locator("[data-now]").innerText(), inView: await inView(), says: await time(page) };

  await page.keyboard.press("k");
  await page.waitForFunction(() => window.__began);
  await page.waitForFunction(() => (CSS.highlights.get("said")?.size ?? 0) > 0);
  result.word = await page.evaluate(() => {
    const [range] = CSS.highlights.get("said");
    return range.startContainer.data.slice(range.startOffset, range.endOffset);
  });
  await page.mouse.move(600, 300);
  await page.mouse.wheel(0, -4000);
  const pill = page.getByRole("button", { name: /^Back to/ });
  await pill.waitFor();
  result.pill = await pill.innerText();
  await page.waitForTimeout(1200);
  result.stayed = await page.evaluate(() => scrollY);
  await pill.click();
  await page.waitForTimeout(900);
  result.back = await inView();
  await page.keyboard.press("k");
  await page.waitForTimeout(600);
  result.addressFollows = Math.abs(Number(new URL(page.url()).searchParams.get("t")) - (await second(page)));

  const before = await second(page);
  await page.keyboard.press("j");
  await page.waitForTimeout(300);
  result.j = Math.round(((await second(page)) - before) * 10) / 10;
  await page.keyboard.press("/");
  result.slash = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await page.keyboard.type("k j l");
  await page.waitForTimeout(300);
  result.typing = await page.evaluate(() => [document.activeElement.value, window.__sound.paused]);
  await page.keyboard.press("Escape");
  await page.locator(".line").first().click();
  await page.waitForFunction(() => !window.__sound.paused);
  await page.waitForTimeout(400);
  result.clicked = await second(page);
  result.errors = errors;
});
print(result);
