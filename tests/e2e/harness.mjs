/** Drives Debian's Chromium; each script here prints one JSON value, and pytest judges it. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../frontend/package.json", import.meta.url));
const { chromium } = require("playwright-core");

/** What pytest hands over: addresses, ids, sessions. */
export const given = JSON.parse(process.env.E2E ?? "{}");
export const base = given.base;

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A CI machine has no loudspeaker; a press still starts the sound, as in a reader's browser.
  "--mute-audio",
];

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 900 };
export const axeSource = () => readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** Keeps the media element, which stands outside the page, and when it began to sound. */
function watchSound() {
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    window.__sound = this;
    window.__asked = performance.now();
    if (!this.__watched) {
      this.__watched = true;
      this.addEventListener("playing", () => {
        window.__began = { after: performance.now() - window.__asked, at: this.currentTime };
      });
    }
    return play.call(this);
  };
}

/**
 * Opens a browser, calls `use({ page, errors })` once and prints what it gives back. `errors` holds
 * everything that the page threw or the content policy refused.
 */
export async function withPage(options, use) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: FLAGS,
  });
  try {
    const { language = "en", ...context } = options;
    const opened = await browser.newContext({ viewport: DESK, ...context });
    await opened.addInitScript(watchSound);
    await opened.addInitScript((tag) => localStorage.setItem("storybraid.language", tag), language);
    const page = await opened.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      // Interfaces of the machine that come and go (containers) are no fault of a page, which asks again.
      if (message.type() === "error" && !/status of 40[134]|ERR_NETWORK_CHANGED/.test(message.text())) errors.push(message.text());
    });
    return await use({ page, errors, context: opened });
  } finally {
    await browser.close();
  }
}

/** A stored session for `storageState`, where pytest made one. */
export const signedIn = (role) => given.sessions?.[role] ?? undefined;

export function print(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Where pictures of failures and of pages go; nothing is taken when it is not set. */
export async function picture(page, name) {
  if (given.pictures && existsSync(given.pictures)) await page.screenshot({ path: `${given.pictures}/${name}.png`, fullPage: true });
}
