/** What the player fetches: the picture of a sound. */

import { queryOptions } from "@tanstack/react-query";
import { API } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import { parseWaveform } from "./waveform";

/** Where a recording is heard and seen, for lists that carry only its id. */
export const soundUrl = (recordingId: string) => `${API}/recordings/${recordingId}/sound`;
export const waveformUrl = (recordingId: string) => `${API}/recordings/${recordingId}/waveform`;

export const waveformQuery = (url: string | null | undefined) =>
  queryOptions({
    queryKey: ["waveform", url],
    enabled: !!url,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const answer = await fetch(url ?? "", { signal });
      if (!answer.ok) throw new Problem(answer.status, {});
      return parseWaveform(await answer.arrayBuffer());
    },
  });
