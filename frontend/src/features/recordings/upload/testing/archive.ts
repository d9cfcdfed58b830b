/** A small archive for the uploader's tests: a real HTTP server that stores and checks each part. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { NetworkDown, PartRefusal } from "../problems";
import type { PutPart } from "../transport";

interface Held {
  id: string;
  state: string;
  size: number;
  partSize: number;
  parts: Map<number, Buffer>;
  reason?: string;
  retryable?: boolean;
}

export const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function read(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

export class Archive {
  base = "";
  uploads = new Map<string, Held>();
  keys = new Map<string, string>();
  /** Every part that arrived, "upload:number", in order, refused ones too. */
  arrived: string[] = [];
  addressesAsked = 0;
  most = 0;
  partSize = 1000;
  maxConcurrency = 3;
  /** Answers to give instead of the honest one, taken one by one: [where, status]. */
  faults: {
    at: "begin" | "part" | "complete" | "address";
    status: number;
    body?: unknown;
    json?: boolean;
  }[] = [];
  /** Good answers that break off in the middle, once each: "begin", "address", "complete", "look". */
  cuts: string[] = [];
  /** Called before a part is answered. */
  onPart: (number: number) => void | Promise<void> = () => {};
  /** State that `complete` leads to, with a reason. */
  verdict: [string, string?] = ["stored"];
  /** Parts that another page overwrites before the next `complete`. */
  overwritten: number[] = [];
  /** Parts that the next reading back finds damaged on the archive's own disk. */
  lost: number[] = [];
  private running = 0;
  private server = createServer((request, response) => {
    this.answer(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.base = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The bytes of an upload, joined. */
  whole(id: string): Buffer {
    const held = this.uploads.get(id);
    if (held === undefined) throw new Error(`no upload ${id}`);
    const numbers = [...held.parts.keys()].sort((a, b) => a - b);
    return Buffer.concat(numbers.map((number) => held.parts.get(number) ?? Buffer.alloc(0)));
  }

  private fault(at: string) {
    const index = this.faults.findIndex((one) => one.at === at);
    return index < 0 ? undefined : this.faults.splice(index, 1)[0];
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const say = (status: number, body?: unknown, json = true) => {
      response.statusCode = status;
      response.setHeader("connection", "close");
      const kind = status < 400 ? "application/json" : "application/problem+json";
      response.setHeader("content-type", json ? kind : "text/html");
      const text = body === undefined ? "" : JSON.stringify(body);
      const cut = this.cuts.indexOf(spot || "look");
      if (status < 400 && cut >= 0 && text.length > 1) {
        this.cuts.splice(cut, 1);
        response.setHeader("content-length", text.length);
        response.write(text.slice(0, text.length / 2), () => request.socket.destroy());
        return;
      }
      response.end(text);
    };
    const body = await read(request);
    const [, room, id = "", action, number] = (request.url ?? "").split("?")[0]?.split("/") ?? [];
    const held = this.uploads.get(id);
    const spot =
      room === "objects"
        ? "part"
        : action === "parts"
          ? "address"
          : action === "complete"
            ? "complete"
            : request.method === "POST"
              ? "begin"
              : "";
    const fault = this.fault(spot);
    if (fault !== undefined && fault.status > 0)
      return say(fault.status, fault.body ?? {}, fault.json);
    if (spot === "begin") return this.begin(request, body, say, fault !== undefined);
    if (held === undefined) return void say(404, { detail: "No such upload." });
    if (spot === "part") return this.take(held, Number(action), number ?? "", body, say);
    if (spot === "address") return this.address(held, JSON.parse(String(body)), say);
    if (spot === "complete") return this.complete(held, JSON.parse(String(body)).parts, say);
    if (request.method === "DELETE") {
      held.state = "cancelled";
      return say(204);
    }
    return say(200, {
      state: held.state,
      received: [...held.parts.keys()],
      bytes_received: 0,
      reason: held.reason ?? null,
      retryable: held.retryable ?? false,
      recording_id: held.state === "stored" ? `recording-${id}` : null,
    });
  }

  private begin(request: IncomingMessage, body: Buffer, say: Say, lose: boolean): void {
    const key = String(request.headers["idempotency-key"]);
    const wanted = JSON.parse(String(body)) as { size_bytes: number };
    let id = this.keys.get(key);
    if (id === undefined) {
      id = `u${this.uploads.size + 1}`;
      this.keys.set(key, id);
      this.uploads.set(id, {
        id,
        state: "created",
        size: wanted.size_bytes,
        partSize: this.partSize,
        parts: new Map(),
      });
    }
    if (lose) return void request.socket.destroy();
    say(201, {
      id,
      state: "created",
      part_size_bytes: this.partSize,
      part_count: Math.ceil(wanted.size_bytes / this.partSize),
      max_concurrency: this.maxConcurrency,
      expires_at: "",
    });
  }

  private address(
    held: Held,
    wanted: { parts: { number: number; sha256: string }[] },
    say: Say,
  ): void {
    this.addressesAsked += 1;
    const parts = wanted.parts.map(({ number, sha256 }) => ({
      number,
      method: "PUT",
      url: `${this.base}/objects/${held.id}/${number}/${sha256}`,
      headers: {},
      expires_at: "",
    }));
    const asked = new Map(wanted.parts.map(({ number, sha256 }) => [number, sha256]));
    const received = [...held.parts].filter(
      ([number, part]) => (asked.get(number) ?? sha(part)) === sha(part),
    );
    if (held.state === "failed") held.state = "uploading";
    say(200, { parts, received: received.map(([number]) => number) });
  }

  private async take(
    held: Held,
    number: number,
    digest: string,
    body: Buffer,
    say: Say,
  ): Promise<void> {
    this.arrived.push(`${held.id}:${number}`);
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await this.onPart(number);
    this.running -= 1;
    if (sha(body) !== digest) return say(400, { detail: "wrong digest" });
    held.parts.set(number, body);
    held.state = "uploading";
    say(200);
  }

  private complete(held: Held, parts: { number: number; sha256: string }[], say: Say): void {
    for (const number of this.overwritten.splice(0)) held.parts.set(number, Buffer.from("other"));
    const count = Math.ceil(held.size / held.partSize);
    const missing = Array.from({ length: count }, (_, index) => index + 1).filter(
      (number) => !held.parts.has(number),
    );
    if (missing.length > 0) return void say(409, { missing });
    const bad = parts.filter(
      ({ number, sha256 }) => sha(held.parts.get(number) ?? Buffer.alloc(0)) !== sha256,
    );
    if (bad.length > 0) return void say(422, { bad: bad.map(({ number }) => number) });
    const lost = this.lost.splice(0);
    for (const number of lost) held.parts.delete(number);
    held.retryable = lost.length > 0;
    held.state = held.retryable ? "failed" : this.verdict[0];
    if (this.verdict[1] !== undefined) held.reason = this.verdict[1];
    say(202, { state: "completing", recording_id: `recording-${held.id}` });
  }
}

type Say = (status: number, body?: unknown, json?: boolean) => void;

/** Sends a part by `fetch`, since Node has no XMLHttpRequest; progress is told once, at the end. */
export const putByFetch: PutPart = async (address, body, onSent, signal) => {
  let answer: Response;
  try {
    answer = await fetch(address.url, {
      method: address.method,
      headers: address.headers,
      body,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new NetworkDown(error);
  }
  onSent(body.size);
  const ours = (answer.headers.get("content-type") ?? "").includes("problem+json");
  if (!answer.ok) throw new PartRefusal(answer.status, ours);
  return answer.headers.get("etag") ?? "";
};
