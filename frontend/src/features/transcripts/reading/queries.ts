/** What reading asks of the server. */

import { queryOptions } from "@tanstack/react-query";
import { client, taken } from "@/shared/api/client";

export const transcriptQuery = (
  storyId: string,
  recordingId: string | undefined,
  version: string,
) =>
  queryOptions({
    queryKey: ["story", storyId, "transcript", recordingId, version],
    enabled: !!recordingId,
    queryFn: ({ signal }) =>
      taken(
        client.GET("/api/v1/stories/{story_id}/transcript", {
          params: {
            path: { story_id: storyId },
            query: { recording: recordingId ?? null, format: "json" },
          },
          signal,
        }),
      ),
  });

export const findQuery = (storyId: string, q: string) =>
  queryOptions({
    queryKey: ["story", storyId, "find", q],
    enabled: q.trim() !== "",
    queryFn: ({ signal }) =>
      taken(
        client.GET("/api/v1/stories/{story_id}/search", {
          params: { path: { story_id: storyId }, query: { q } },
          signal,
        }),
      ),
  });
