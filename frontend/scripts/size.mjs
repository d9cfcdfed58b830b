/** Measures the JavaScript each page needs, compressed, and fails where a budget is passed. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const BUDGETS = [
  ["home", "src/routes/index.tsx", 135, ["main"]],
  ["story", "src/routes/stories.$storyId.tsx", 150, ["main", "story"]],
  ["search", "src/routes/search.tsx", 145, ["main"]],
  ["add a story", "src/routes/add.$step.tsx", 150, ["main", "add"]],
];

function files(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key]?.imports ?? []) files(next, seen);
  return seen;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const catalogue = (part) =>
  Object.keys(manifest).find((key) => key.endsWith(`locales/en/${part}.po`));
let over = false;
for (const [page, source, budget, parts] of BUDGETS) {
  const route = Object.keys(manifest).filter(
    (key) => key.startsWith(`${source}?`) || key === source,
  );
  if (route.length === 0) throw new Error(`${page}: ${source} is not in the manifest`);
  const needed = new Set(
    [entry, ...parts.map(catalogue), ...route].flatMap((key) => [...files(key)]),
  );
  const bytes = [...needed].reduce(
    (sum, key) => sum + gzipSync(readFileSync(new URL(manifest[key].file, dist))).length,
    0,
  );
  const kb = bytes / 1000;
  over ||= kb > budget;
  console.log(
    `${page.padEnd(12)} ${kb.toFixed(1)} kB of ${budget} ${kb > budget ? "TOO MUCH" : "ok"}`,
  );
}
process.exit(over ? 1 : 0);
