/** Measures the JavaScript each page needs, compressed, and fails where a budget is passed. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const ADD = "src/features/stories/add";
const STORY = "src/routes/stories.$storyId.tsx";
const STEP = "src/routes/add.$step.tsx";
/** Page, route, kB, catalogues, and the parts that come lazily and without which it does not stand. */
const BUDGETS = [
  ["home", "src/routes/index.tsx", 135, ["main"], []],
  ["story", STORY, 150, ["main", "story"], []],
  ["story, editor", STORY, 150, ["main", "story"], ["src/features/pages/story/Again.tsx"]],
  ["search", "src/routes/search.tsx", 145, ["main"], []],
  ["add, begin", "src/routes/add.index.tsx", 150, ["main", "add"], [`${ADD}/StartStep.tsx`]],
  ["add, question", STEP, 150, ["main", "add"], [`${ADD}/Questions.tsx`]],
  ["add, choose", STEP, 150, ["main", "add"], [`${ADD}/OfStory.tsx`, `${ADD}/RecordingStep.tsx`]],
  ["add, sending", STEP, 150, ["main", "add"], [`${ADD}/OfStory.tsx`, `${ADD}/OnItsWay.tsx`]],
  ["add, live", STEP, 150, ["main", "add"], [`${ADD}/OfStory.tsx`, `${ADD}/Written.tsx`]],
];

function files(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key]?.imports ?? []) files(next, seen);
  return seen;
}

/** The keys of a source in the manifest: the router's plugin cuts a route and adds a query to its name. */
function parts(source) {
  const found = Object.keys(manifest).filter(
    (key) => key === source || key.startsWith(`${source}?`),
  );
  if (found.length === 0) throw new Error(`${source} is not in the manifest`);
  return found;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const catalogue = (part) =>
  Object.keys(manifest).find((key) => key.endsWith(`locales/en/${part}.po`));
let over = false;
for (const [page, source, budget, words, lazy] of BUDGETS) {
  const needed = new Set(
    [entry, ...words.map(catalogue), ...[source, ...lazy].flatMap(parts)].flatMap((key) => [
      ...files(key),
    ]),
  );
  const bytes = [...needed].reduce(
    (sum, key) => sum + gzipSync(readFileSync(new URL(manifest[key].file, dist))).length,
    0,
  );
  const kb = bytes / 1000;
  over ||= kb > budget;
  console.log(
    `${page.padEnd(14)} ${kb.toFixed(1)} kB of ${budget} ${kb > budget ? "TOO MUCH" : "ok"}`,
  );
}
process.exit(over ? 1 : 0);
