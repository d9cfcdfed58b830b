/** SHA-256 of one part, by the browser itself or, where it does not lend that, in JavaScript. */

const CHUNK = 1 << 20;

/** Lower-case hexadecimal of `bytes`. */
export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/**
 * The same digest without WebCrypto, for pages that are not a secure context (plain http on a home
 * network). It gives the page its turn after each MiB, so that a slow phone keeps answering taps.
 */
export async function sha256InJavaScript(bytes: ArrayBuffer): Promise<string> {
  const { sha256 } = await import("@noble/hashes/sha2.js");
  const hash = sha256.create();
  for (let at = 0; at < bytes.byteLength; at += CHUNK) {
    hash.update(new Uint8Array(bytes, at, Math.min(CHUNK, bytes.byteLength - at)));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return hex(hash.digest());
}

/** Lower-case hexadecimal SHA-256 of `bytes`. */
export async function sha256(bytes: ArrayBuffer): Promise<string> {
  // The types claim `subtle` is always there; outside a secure context it is not.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return sha256InJavaScript(bytes);
  return hex(new Uint8Array(await subtle.digest("SHA-256", bytes)));
}
