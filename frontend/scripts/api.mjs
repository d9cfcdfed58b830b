/** Makes the API's types from the server's own description; with --check only says whether they still fit. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const root = new URL("../..", import.meta.url).pathname;
const target = new URL("../src/shared/api/schema.gen.d.ts", import.meta.url);
const python = process.env.STORYBRAID_PYTHON ?? `${root}.venv/bin/python`;

const description = JSON.parse(
  execFileSync(python, ["-m", "tests.openapi"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 << 20,
  }),
);
const text = `/** Made by \`npm run api\` from the server's own description; not to be edited. */\n\n${astToString(await openapiTS(description))}`;

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error(
      "The API has changed: run `npm run api` in frontend/ and mend what no longer fits.",
    );
    process.exit(1);
  }
  console.log("The API's types fit.");
} else {
  writeFileSync(target, text);
  console.log("src/shared/api/schema.gen.d.ts is made anew.");
}
