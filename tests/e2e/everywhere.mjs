/** Every page in every dress: accessibility rules, sideways scroll, words that escaped translation. */
import { axeSource, base, DESK, given, PHONE, picture, print, withPage } from "./harness.mjs";

const axe = axeSource();
const found = { violations: [], sideways: [], escaped: [], clipped: [], errors: [] };

/** Text that should have been translated and was not: letters outside of the pseudo-locale's brackets. */
function escapedWords(said) {
  const words = [];
  const known = new Set(said);
  // What people said and wrote carries its language, or is handed over as known.
  const own = (element) => element.closest("[lang]") !== document.documentElement;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let inside = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.trim();
    const opens = (text.match(/\[/g) ?? []).length;
    const closes = (text.match(/\]/g) ?? []).length;
    const wrapped = inside > 0 || opens > 0 || closes > 0;
    inside += opens - closes;
    if (!/[A-Za-z]{3}/.test(text) || wrapped) continue;
    const element = node.parentElement;
    if (element.closest("script, style, noscript") || own(element) || known.has(text)) continue;
    if (/^\d+ [A-Z][a-z]+ \d{4}$/.test(text)) continue; // A date, written by the browser's own tables.
    words.push(text);
  }
  for (const element of document.querySelectorAll("[aria-label], [placeholder], [title]"))
    for (const name of ["aria-label", "placeholder", "title"]) {
      const text = element.getAttribute(name) ?? "";
      if (/[A-Za-z]{3}/.test(text) && !text.includes("[") && !known.has(text)) words.push(`${name}: ${text}`);
    }
  return words;
}

function clippedWords() {
  return [...document.querySelectorAll("main *, header *, footer *")]
    .filter((element) => {
      const style = getComputedStyle(element);
      if (element.closest(".sr-only, [hidden], dialog:not([open])") || style.textOverflow === "ellipsis") return false;
      if (style.overflowX === "visible" || style.overflowX === "auto" || element.tagName === "INPUT") return false;
      return element.scrollWidth > element.clientWidth + 1 && element.childNodes.length > 0;
    })
    .map((element) => `${element.tagName} ${element.textContent.slice(0, 60)}`);
}

for (const view of given.views) {
  const { language, scheme, width, pages, rules = true, words = false } = view;
  const viewport = width === 320 ? { width: 320, height: 700 } : width === 390 ? PHONE : DESK;
  await withPage({ viewport, colorScheme: scheme, language, storageState: view.session }, async ({ page, errors }) => {
    for (const [name, path] of pages) {
      const where = `${name} ${language} ${scheme} ${width}`;
      await page.goto(base + path, { waitUntil: "networkidle" });
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) found.sideways.push(`${where}: ${wide} px`);
      if (rules) {
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() =>
          window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
        );
        for (const { id, nodes } of violations)
          found.violations.push(`${where}: ${id}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`.slice(0, 300)).join(" | ")}`);
      }
      if (words) {
        found.escaped.push(...(await page.evaluate(escapedWords, given.said ?? [])).map((text) => `${where}: ${text}`));
        found.clipped.push(...(await page.evaluate(clippedWords)).map((text) => `${where}: ${text}`));
      }
      await picture(page, `${name}-${width}-${scheme}-${language}`);
    }
    found.errors.push(...errors);
  });
}
print(found);
