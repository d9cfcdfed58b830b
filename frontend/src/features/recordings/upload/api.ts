/** The upload protocol as the archive speaks it, and the one place that asks the archive for it. */
import { ApiRefusal, NetworkDown } from "./problems";

export type UploadState =
  | "created"
  | "uploading"
  | "completing"
  | "stored"
  | "failed"
  | "abandoned"
  | "cancelled"
  | "processing"
  | "ready"
  | "rejected";

export interface UploadPlan {
  id: string;
  state: UploadState;
  part_size_bytes: number;
  part_count: number;
  max_concurrency: number;
  expires_at: string;
}

export interface PartAddress {
  number: number;
  method: string;
  url: string;
  headers: Record<string, string>;
  expires_at: string;
}

export interface UploadView {
  state: UploadState;
  received: number[];
  bytes_received: number;
  reason?: string | null;
  /** Of a failed upload: sending the parts that are missing, or completing again, can help. */
  retryable?: boolean;
  recording_id?: string | null;
}

export interface OpenUpload extends UploadView {
  id: string;
  filename: string;
  size_bytes: number;
  story_id: string | null;
  part_size_bytes: number;
  part_count: number;
}

export interface SentPart {
  number: number;
  etag: string;
  sha256: string;
}

/** Complete was heard, or names the parts that have to be sent (again). */
export type Completion =
  | { kind: "accepted"; recordingId: string | null }
  | { kind: "resend"; parts: number[] };

export interface BeginRequest {
  story_id: string;
  filename: string;
  size_bytes: number;
  content_type: string;
  last_modified: string;
  first_part_sha256: string;
}

/** Every call may raise `ApiRefusal` (the archive said no) or `NetworkDown` (nobody answered). */
export interface UploadApi {
  begin(request: BeginRequest, key: string, signal: AbortSignal): Promise<UploadPlan>;
  address(
    id: string,
    part: { number: number; sha256: string },
    signal: AbortSignal,
  ): Promise<{ address: PartAddress; there: boolean }>;
  look(id: string, signal: AbortSignal): Promise<UploadView>;
  complete(id: string, parts: SentPart[], signal: AbortSignal): Promise<Completion>;
  close(id: string): Promise<void>;
  open(): Promise<OpenUpload[]>;
}

async function ask(
  method: string,
  path: string,
  options: { body?: unknown; key?: string; signal?: AbortSignal } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  if (options.key !== undefined) headers["idempotency-key"] = options.key;
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new NetworkDown(error);
  }
  if (answer.status === 204) return { status: 204, body: {} };
  let body: unknown;
  try {
    body = await answer.json();
  } catch (error) {
    options.signal?.throwIfAborted();
    // A line that broke in the middle of a good answer, or a page of somebody else: nobody answered.
    if (answer.ok) throw new NetworkDown(error);
  }
  // A page of a server in front is no JSON; its status still counts.
  const known = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  if (!answer.ok) throw new ApiRefusal(answer.status, known);
  return { status: answer.status, body: known };
}

function numbersIn(value: unknown): number[] {
  if (!Array.isArray(value)) return [];
  return value
    .map((item) =>
      typeof item === "object" && item !== null ? (item as PartAddress).number : item,
    )
    .map(Number)
    .filter((number) => Number.isInteger(number) && number > 0);
}

/** The archive's upload API below `base` (an address without a slash at the end). */
export function uploadApi(base = "/api/v1"): UploadApi {
  const at = (id: string) => `${base}/uploads/${encodeURIComponent(id)}`;
  return {
    async begin(request, key, signal) {
      const { body } = await ask("POST", `${base}/uploads`, { body: request, key, signal });
      return body as unknown as UploadPlan;
    },
    async address(id, part, signal) {
      const { body } = await ask("POST", `${at(id)}/parts`, { body: { parts: [part] }, signal });
      const parts = Array.isArray(body.parts) ? (body.parts as PartAddress[]) : [];
      const address = parts.find((one) => one.number === part.number);
      if (address === undefined) throw new ApiRefusal(502, {});
      return { address, there: numbersIn(body.received).includes(part.number) };
    },
    async look(id, signal) {
      return (await ask("GET", at(id), { signal })).body as unknown as UploadView;
    },
    async complete(id, parts, signal) {
      try {
        const { body } = await ask("POST", `${at(id)}/complete`, { body: { parts }, signal });
        const recording = body.recording_id;
        return { kind: "accepted", recordingId: typeof recording === "string" ? recording : null };
      } catch (error) {
        if (!(error instanceof ApiRefusal)) throw error;
        const again = [...numbersIn(error.body.missing), ...numbersIn(error.body.bad)];
        if (again.length === 0) throw error;
        return { kind: "resend", parts: again };
      }
    },
    async close(id) {
      await ask("DELETE", at(id));
    },
    async open() {
      return (await ask("GET", `${base}/uploads?open=true`)).body.items as OpenUpload[];
    },
  };
}
