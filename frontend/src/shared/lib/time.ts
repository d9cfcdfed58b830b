/** Times as people write them: h:mm:ss for the eye, `t` in the address for the link. */

/** Milliseconds as h:mm:ss, always with the hour, so that columns stand under each other. */
export function clock(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  return `${Math.floor(all / 3600)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
}

/**
 * The `t` of an address in milliseconds: seconds (`83.2`), a clock (`1:23`, `1:02:03`) or units
 * (`0h1m23s`, `90s`). Anything else, and what lies before the start, is 0.
 */
export function parseT(value: unknown): number {
  const text =
    typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  if (/^\d+(:\d{1,2}){1,2}(\.\d+)?$/.test(text)) {
    const seconds = text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    return Math.round(seconds * 1000);
  }
  const units = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/i.exec(text);
  if (text && units) {
    const [h = 0, m = 0, s = 0] = units.slice(1).map((part) => Number(part ?? 0));
    return Math.round((h * 3600 + m * 60 + s) * 1000);
  }
  return 0;
}

/** Milliseconds as `t`: seconds with at most one decimal, no trailing zero. */
export function formatT(ms: number): string {
  return String(Math.round(Math.max(0, ms) / 100) / 10);
}

/** Hours, minutes and seconds of a length, for a sentence in the reader's language. */
export function parts(ms: number): { hours: number; minutes: number; seconds: number } {
  const all = Math.round(Math.max(0, ms) / 1000);
  return { hours: Math.floor(all / 3600), minutes: Math.floor(all / 60) % 60, seconds: all % 60 };
}
