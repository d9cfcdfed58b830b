/** What searching asks of the server. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, taken } from "@/shared/api/client";

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

const SORTS = ["relevance", "newest", "oldest"] as const;

/** The words of the address as the server reads them; what it does not know is left out. */
function wire(ask: SearchAsk) {
  const { sort, page, literal, ...rest } = ask;
  const order = SORTS.find((one) => one === sort);
  return {
    ...rest,
    ...(order ? { sort: order } : {}),
    ...(Number(page) > 1 ? { page: Math.floor(Number(page)) } : {}),
    ...(literal ? { literal: true } : {}),
  };
}

export const searchQuery = (ask: SearchAsk) =>
  queryOptions({
    queryKey: ["search", ask],
    enabled: !!ask.q,
    queryFn: ({ signal }) =>
      taken(client.GET("/api/v1/search", { params: { query: wire(ask) }, signal })),
    placeholderData: keepPreviousData,
  });

export const suggestQuery = (q: string) =>
  queryOptions({
    queryKey: ["suggest", q],
    enabled: q.length > 0,
    queryFn: ({ signal }) =>
      taken(client.GET("/api/v1/search/suggest", { params: { query: { q } }, signal })),
    staleTime: 60_000,
    retry: false,
  });
