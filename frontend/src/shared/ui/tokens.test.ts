/** The two places that say what dark is must say the same. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function colours(selector: string): string[] {
  const from = css.indexOf(`${selector} {`);
  expect(from, selector).toBeGreaterThan(0);
  return [...css.slice(from, css.indexOf("}", from)).matchAll(/--[\w-]+: #\w+/g)].map(
    ([one]) => one,
  );
}

test("dark is the same by choice and by the device, and leaves no colour of the light out", () => {
  const chosen = colours(':root[data-colours="dark"]');
  expect(chosen).toEqual(colours(':root:not([data-colours="light"])'));
  const name = (one: string) => one.split(":")[0];
  expect(chosen.map(name).sort()).toEqual(colours("\n:root").map(name).sort());
});
