/** What reading asks of the server. */

import { queryOptions } from "@tanstack/react-query";
import { api } from "@/shared/api/client";
import type { Hit, Transcript } from "@/shared/api/contract";

export const transcriptQuery = (
  storyId: string,
  recordingId: string | undefined,
  version: string,
) =>
  queryOptions({
    queryKey: ["story", storyId, "transcript", recordingId, version],
    enabled: !!recordingId,
    queryFn: ({ signal }) =>
      api.get<Transcript>(`/stories/${encodeURIComponent(storyId)}/transcript`, {
        signal,
        query: { recording: recordingId, format: "json" },
      }),
  });

export const findQuery = (storyId: string, q: string) =>
  queryOptions({
    queryKey: ["story", storyId, "find", q],
    enabled: q.trim() !== "",
    queryFn: ({ signal }) =>
      api.get<{ items: Hit[]; total: number }>(`/stories/${encodeURIComponent(storyId)}/search`, {
        signal,
        query: { q },
      }),
  });
