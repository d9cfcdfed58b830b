/** The one way to the server: same origin, JSON, refusals as `Problem`. */
import { Problem } from "./problem";

export const API = "/api/v1";

type Value = string | number | boolean | null | undefined;
type Options = {
  query?: Record<string, Value | readonly string[]>;
  body?: unknown;
  signal?: AbortSignal;
};

function address(path: string, query: Options["query"]): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (Array.isArray(value)) for (const one of value) search.append(key, one);
    else if (value !== undefined && value !== null && value !== "")
      search.append(key, String(value));
  }
  const tail = search.toString();
  return `${API}${path}${tail ? `?${tail}` : ""}`;
}

async function send<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const init: RequestInit = { method, headers: { Accept: "application/json" } };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined) {
    init.body = JSON.stringify(options.body);
    init.headers = { ...init.headers, "Content-Type": "application/json" };
  }
  const answer = await fetch(address(path, options.query), init);
  if (answer.status === 204) return undefined as T;
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(answer.status, body);
  return body as T;
}

export const api = {
  get: <T>(path: string, options?: Options) => send<T>("GET", path, options),
  post: <T>(path: string, body: unknown, options?: Options) =>
    send<T>("POST", path, { ...options, body }),
  patch: <T>(path: string, body: unknown, options?: Options) =>
    send<T>("PATCH", path, { ...options, body }),
  delete: <T>(path: string, options?: Options) => send<T>("DELETE", path, options),
};
