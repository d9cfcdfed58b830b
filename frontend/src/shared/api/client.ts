/** The one way to the server: same origin, typed by the API's own description, refusals as `Problem`. */
import createClient from "openapi-fetch";
import { Problem } from "./problem";
import type { paths } from "./schema.gen";

export const API = "/api/v1";

/** One function per method; paths, parameters and bodies are checked against the description. */
export const client = createClient<paths>({ baseUrl: "", headers: { Accept: "application/json" } });

type Answer<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** What was asked for; throws a `Problem` with the server's sentence where it was refused. */
export async function taken<T>(answer: Answer<T>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new Problem(response.status, isRecord(error) ? error : {});
  return data as T;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

type Options = {
  query?: Record<string, string | number | boolean | null | undefined>;
  signal?: AbortSignal;
  headers?: Record<string, string>;
};

async function send<T>(method: string, path: string, body: unknown, options: Options): Promise<T> {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(options.query ?? {}))
    if (value !== undefined && value !== null && value !== "") search.append(key, String(value));
  const init: RequestInit = { method, headers: { Accept: "application/json", ...options.headers } };
  if (options.signal) init.signal = options.signal;
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, "Content-Type": "application/json" };
  }
  const tail = search.toString();
  const response = await fetch(`${API}${path}${tail ? `?${tail}` : ""}`, init);
  if (response.status === 204) return undefined as T;
  // A good answer that breaks off in the middle is a broken line, and raises as one.
  if (response.ok) return (await response.json()) as T;
  const refusal: unknown = await response.json().catch(() => ({}));
  throw new Problem(response.status, isRecord(refusal) ? refusal : {});
}

/** The same by hand, for paths that are made while running. */
export const api = {
  get: <T>(path: string, options: Options = {}) => send<T>("GET", path, undefined, options),
  post: <T>(path: string, body: unknown, options: Options = {}) =>
    send<T>("POST", path, body, options),
  patch: <T>(path: string, body: unknown, options: Options = {}) =>
    send<T>("PATCH", path, body, options),
};
