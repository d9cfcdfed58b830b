/** A file in which nothing can be heard: nobody is told of words, and another file can be chosen. */
import { base, given, print, withPage } from "./harness.mjs";

const result = {};
await withPage({ storageState: given.session }, async ({ page, errors }) => {
  for (const [name, path] of [["story", `/stories/${given.story}`], ["wizard", `/add/sending?story=${given.story}`]]) {
    await page.goto(base + path, { waitUntil: "networkidle" });
    await page.getByText("No sound or film could be found in this file").waitFor();
    result[name] = {
      transcript: await page.getByRole("heading", { name: "Transcript" }).count(),
      written: await page.getByText(/Written down|No words were found/).count(),
    };
    await page.getByRole("link", { name: "Choose another file" }).first().click();
    const question = page.getByRole("heading", { level: 1, name: "Choose the recording" });
    await question.waitFor();
    result[name].asks = await question.innerText();
  }
  result.errors = errors;
});
print(result);
