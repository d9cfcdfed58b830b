/** What the pages ask about stories. */

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client, taken } from "@/shared/api/client";

export const homeQuery = queryOptions({
  queryKey: ["home"],
  queryFn: ({ signal }) => taken(client.GET("/api/v1/home", { signal })),
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
      taken(
        client.GET("/api/v1/stories", {
          params: { query: { ...filter, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const storyQuery = (id: string) =>
  queryOptions({
    queryKey: ["story", id],
    queryFn: ({ signal }) =>
      taken(
        client.GET("/api/v1/stories/{story_id}", { params: { path: { story_id: id } }, signal }),
      ),
  });

export const braidQuery = (id: string) =>
  queryOptions({
    queryKey: ["story", id, "braid"],
    queryFn: ({ signal }) =>
      taken(
        client.GET("/api/v1/stories/{story_id}/braid", {
          params: { path: { story_id: id } },
          signal,
        }),
      ),
  });
