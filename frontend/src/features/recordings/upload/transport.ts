/** Sends the bytes of one part to its address and tells how many have left. */
import type { PartAddress } from "./api";
import { NetworkDown, PartRefusal } from "./problems";

/** A line that moves no byte for so long is dead, whatever the browser believes. */
const SILENCE_MS = 60_000;

/**
 * Resolves with the store's ETag ("" where it shows none). Raises `PartRefusal` for an answer that
 * is not 2xx, `NetworkDown` where none came, and the signal's reason when it is aborted.
 */
export type PutPart = (
  address: PartAddress,
  body: Blob,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
) => Promise<string>;

/** By XMLHttpRequest: `fetch` still tells no progress of what it sends. */
export const putByXhr: PutPart = (address, body, onSent, signal) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let silence = 0;
    const listen = () => {
      clearTimeout(silence);
      silence = window.setTimeout(() => request.abort(), SILENCE_MS);
    };
    const abort = () => request.abort();
    const settle = (finish: () => void) => {
      clearTimeout(silence);
      signal.removeEventListener("abort", abort);
      finish();
    };
    request.open(address.method, address.url);
    for (const [name, value] of Object.entries(address.headers)) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => {
      listen();
      onSent(event.loaded);
    };
    request.onload = () =>
      settle(() => {
        if (request.status >= 200 && request.status < 300) {
          resolve(request.getResponseHeader("etag") ?? "");
          return;
        }
        const kind = request.getResponseHeader("content-type") ?? "";
        const ours = kind.includes("problem+json") || kind.includes("xml");
        reject(new PartRefusal(request.status, ours));
      });
    request.onerror = () => settle(() => reject(new NetworkDown()));
    request.onabort = () =>
      settle(() => reject(signal.aborted ? signal.reason : new NetworkDown()));
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    signal.addEventListener("abort", abort);
    listen();
    request.send(body);
  });
