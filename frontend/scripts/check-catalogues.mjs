/** Fails where a catalogue does not hold the words of the pages, or lacks a translation. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const locales = new URL("../src/shared/i18n/locales", import.meta.url).pathname;
const kept = mkdtempSync(join(tmpdir(), "catalogues-"));
cpSync(locales, kept, { recursive: true });
let wrong = 0;
try {
  execFileSync("npx", ["lingui", "extract", "--clean"], {
    cwd: new URL("..", import.meta.url).pathname,
  });
  const ids = (text) =>
    [...text.matchAll(/^msgid "(.+)"$/gm)]
      .map(([, id]) => id)
      .sort()
      .join("\n");
  for (const locale of readdirSync(locales))
    for (const file of readdirSync(join(locales, locale))) {
      const fresh = readFileSync(join(locales, locale, file), "utf8");
      const before = readFileSync(join(kept, locale, file), "utf8");
      if (ids(fresh) !== ids(before)) {
        wrong += 1;
        console.error(`${locale}/${file}: run \`npm run i18n:extract\``);
      }
      const missing = (fresh.match(/^msgid ".+"\nmsgstr ""$/gm) ?? []).length;
      if (missing) {
        wrong += 1;
        console.error(`${locale}/${file}: ${missing} words without a translation`);
      }
    }
} finally {
  cpSync(kept, locales, { recursive: true });
  rmSync(kept, { recursive: true });
}
if (!wrong) console.log("The catalogues are complete.");
process.exit(wrong ? 1 : 0);
