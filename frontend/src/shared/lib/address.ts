/** What stands behind the `?` of an address: plain words, repeated keys as lists, never JSON. */

import { formatT } from "./time";

export type Query = Record<string, string | string[] | undefined>;

export function parseAddress(search: string): Query {
  const out: Query = {};
  for (const [key, value] of new URLSearchParams(search)) {
    const before = out[key];
    out[key] =
      before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return out;
}

export function writeAddress(query: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null && one !== "") search.append(key, String(one));
  }
  const text = search.toString().replaceAll("%3A", ":");
  return text ? `?${text}` : "";
}

/** One word of an address under its key, the last where it stands twice; nothing where it is absent. */
export function text<K extends string>(
  search: Record<string, unknown>,
  key: K,
): { [P in K]?: string } {
  const value = search[key];
  const last = Array.isArray(value) ? value.at(-1) : value;
  if (last === undefined || last === null || last === "") return {};
  return { [key]: String(last) } as { [P in K]?: string };
}

/** All words under a key. */
export function list<K extends string>(
  search: Record<string, unknown>,
  key: K,
): { [P in K]?: string[] } {
  const value = search[key];
  const all = (Array.isArray(value) ? value : [value])
    .filter((one) => one !== undefined && one !== "")
    .map(String);
  return (all.length ? { [key]: all } : {}) as { [P in K]?: string[] };
}

/** A place in a story's address: the recording, which only the first need not be named, and the second. */
export function placeOf(number: number | null, ms?: number): { r?: string; t?: string } {
  return {
    ...((number ?? 1) > 1 ? { r: String(number) } : {}),
    ...(ms === undefined ? {} : { t: formatT(ms) }),
  };
}

/** Where to go afterwards: only within this archive. */
export function within(to: string | undefined): string {
  return to && /^\/(?![/\\])/.test(to) ? to : "/";
}
