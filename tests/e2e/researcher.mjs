/** The researcher's path: a word in two scripts, a facet, the hit that plays, the story at that second. */
import { base, given, print, withPage } from "./harness.mjs";

const result = {};
await withPage({}, async ({ page, errors }) => {
  await page.goto(`${base}/search`);
  const field = page.getByRole("combobox");
  await field.fill(given.word);
  await field.press("Enter");
  await page.getByRole("status").filter({ hasText: "moment" }).waitFor();
  result.address = new URL(page.url()).search;
  result.counted = await page.getByRole("status").filter({ hasText: "moment" }).innerText();
  result.marked = await page.locator("mark").allInnerTexts();

  await page.locator("li li").getByRole("button", { name: /^Play from/ }).first().click();
  await page.waitForFunction(() => window.__began, null, { timeout: 10_000 });
  const began = await page.evaluate(() => window.__began);
  result.playing = { afterMs: began.after, atMs: began.at * 1000 };
  result.mini = await page.getByRole("region", { name: "Player" }).innerText();

  await page.getByRole("link", { name: /^Open the story at/ }).first().click();
  await page.locator("[data-now]").waitFor();
  result.story = {
    address: new URL(page.url()).search,
    line: await page.locator("[data-now]").innerText(),
    goesOn: await page.evaluate(() => !window.__sound.paused),
    marks: await page.evaluate(() =>
      [...(CSS.highlights.get("found") ?? [])].map((r) => r.startContainer.data.slice(r.startOffset, r.endOffset)),
    ),
  };

  await page.goto(`${base}/search?q=${encodeURIComponent(given.otherScript)}`);
  await page.locator("mark").first().waitFor();
  result.other = await page.locator("mark").first().innerText();

  await page.goto(`${base}/search?q=${encodeURIComponent(given.word)}`);
  await page.getByRole("checkbox").first().waitFor();
  const box = page.getByRole("group", { name: "Language spoken" }).getByRole("checkbox").first();
  await box.check();
  await page.waitForURL(/language=/);
  result.facet = new URL(page.url()).search;

  await page.goto(`${base}/search?q=${encodeURIComponent(given.hiddenWord)}`);
  await page.getByText("Nothing found").waitFor();
  result.hiddenFound = await page.locator("mark").count();
  await page.goto(`${base}/stories/${given.hiddenStory}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  result.hiddenPage = await page.getByRole("main").innerText();
  result.absentPage = await (async () => {
    await page.goto(`${base}/stories/01a00000-0000-7000-8000-000000000000`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    return page.getByRole("main").innerText();
  })();
  result.errors = errors;
});
print(result);
