/** What an editor and a reader are told of a recording: its warnings over the player, advice beside "again". */
import { axeSource, base, given, print, withPage } from "./harness.mjs";

const result = { violations: [] };
for (const who of ["reader", "editor"])
  await withPage({ storageState: given.sessions?.[who] }, async ({ page, errors }) => {
    await page.goto(`${base}/stories/${given.story}`, { waitUntil: "networkidle" });
    const warning = page.getByText(given.warning);
    result[who] = {
      times: await warning.count(),
      overPlayer: await page.evaluate((text) => {
        const said = [...document.querySelectorAll("main li")].find((one) => one.textContent === text);
        const slider = document.querySelector("main input[type=range]");
        return Boolean(said && said.compareDocumentPosition(slider) & Node.DOCUMENT_POSITION_FOLLOWING);
      }, given.warning),
    };
    if (who === "editor") {
      const again = page.getByRole("group", { name: /Languages to listen for/ });
      await page.locator("summary", { hasText: "Machine text" }).click();
      const advice = page.getByText("meant for trying things out");
      result.before = await advice.count();
      await again.getByRole("button", { name: "日本語" }).click();
      result.advice = await advice.innerText();
      await page.evaluate(axeSource());
      for (const { id, nodes } of (await page.evaluate(() => window.axe.run(document))).violations)
        result.violations.push(`${id} ${nodes[0].target}`);
      await page.getByLabel(/^Model/).selectOption("large-v3-turbo");
      await advice.waitFor({ state: "detached" });
      result.after = await advice.count();
    }
    result[who].errors = errors;
  });
print(result);
