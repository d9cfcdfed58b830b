/** What searching asks of the server. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/shared/api/client";
import type { SearchAnswer } from "@/shared/api/contract";

export const FACETS = ["language", "collection", "person", "place"] as const;
export type Facet = (typeof FACETS)[number];
export type SearchAsk = {
  q?: string;
  language?: string[];
  collection?: string[];
  person?: string[];
  place?: string[];
  sort?: string;
  page?: string;
  literal?: string;
};

export const searchQuery = (ask: SearchAsk) =>
  queryOptions({
    queryKey: ["search", ask],
    enabled: !!ask.q,
    queryFn: ({ signal }) => api.get<SearchAnswer>("/search", { signal, query: ask }),
    placeholderData: keepPreviousData,
  });

export const suggestQuery = (q: string) =>
  queryOptions({
    queryKey: ["suggest", q],
    enabled: q.length > 0,
    queryFn: ({ signal }) =>
      api.get<{ items: string[] }>("/search/suggest", { signal, query: { q } }),
    staleTime: 60_000,
    retry: false,
  });
