/** What the pages ask about stories. */

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "@/shared/api/client";
import type { Home, Segment, Story, StoryItem } from "@/shared/api/contract";

export const homeQuery = queryOptions({
  queryKey: ["home"],
  queryFn: ({ signal }) => api.get<Home>("/home", { signal }),
});

export type StoryFilter = {
  language?: string;
  collection?: string;
  person?: string;
  mine?: boolean;
};

export const storiesQuery = (filter: StoryFilter) =>
  infiniteQueryOptions({
    queryKey: ["stories", filter],
    queryFn: ({ signal, pageParam }) =>
      api.get<{ items: StoryItem[]; next: string | null }>("/stories", {
        signal,
        query: { ...filter, cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const storyQuery = (id: string) =>
  queryOptions({
    queryKey: ["story", id],
    queryFn: ({ signal }) => api.get<Story>(`/stories/${encodeURIComponent(id)}`, { signal }),
  });

type Braids = {
  recordings: {
    recording_id: string;
    languages: { tag: string; ms: number }[];
    segments: Segment[];
  }[];
};

export const braidQuery = (id: string) =>
  queryOptions({
    queryKey: ["story", id, "braid"],
    queryFn: ({ signal }) =>
      api.get<Braids>(`/stories/${encodeURIComponent(id)}/braid`, { signal }),
  });
