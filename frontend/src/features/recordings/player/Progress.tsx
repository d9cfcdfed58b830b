/** How far a recording has come, for those who wait for it. */

import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { client, taken } from "@/shared/api/client";
import type { Recording } from "@/shared/api/contract";
import { clock } from "@/shared/lib/time";

const UNDER_WAY = new Set(["stored", "processing", "completing"]);

export const isUnderWay = (recording: Recording) => UNDER_WAY.has(recording.state);

type Props = { recording: Recording; onMore: () => void; onEnd: () => void };

export function Progress({ recording, onMore, onEnd }: Props) {
  const { data } = useQuery({
    queryKey: ["progress", recording.id],
    queryFn: ({ signal }) =>
      taken(
        client.GET("/api/v1/recordings/{recording_id}/progress", {
          params: { path: { recording_id: recording.id } },
          signal,
        }),
      ),
    refetchInterval: 2000,
  });
  const calls = useRef({ onMore, onEnd });
  calls.current = { onMore, onEnd };
  const done = data?.done_ms;
  const ended = data && !UNDER_WAY.has(data.state);
  useEffect(() => {
    if (done) calls.current.onMore();
  }, [done]);
  useEffect(() => {
    if (ended) calls.current.onEnd();
  }, [ended]);
  const step = data?.step;
  const before = useRef(step);
  useEffect(() => {
    // Each step leaves something to see: the sound, its length, its picture.
    if (before.current !== undefined && step !== before.current) calls.current.onEnd();
    before.current = step;
  }, [step]);
  if (!data) return null;
  const length = recording.duration_ms || data.total_ms;
  const writing = data.step === "transcribe" && data.total_ms > 0;
  const percent = writing ? Math.min(99, Math.floor((data.done_ms / data.total_ms) * 100)) : null;
  const minutes =
    data.seconds_left === null ? null : Math.max(1, Math.round(data.seconds_left / 60));
  return (
    <section aria-live="off" className="page mb-8">
      <div className="border-t-[1.5px] border-ink pt-4 lg:max-w-[48.5rem]">
        <h2 className="text-24">
          {writing ? (
            <Trans>We are writing down the words</Trans>
          ) : (
            <Trans>We are preparing the sound</Trans>
          )}
        </h2>
        {percent !== null && (
          <div className="mt-2 flex items-center gap-6">
            <p className="times text-40 leading-none">{percent} %</p>
            <p>
              <strong className="times">
                <Trans>
                  {clock((data.done_ms / data.total_ms) * length)} of {clock(length)} heard
                </Trans>
              </strong>
              <br />
              <span className="text-ink-2">
                {minutes === null ? (
                  <Trans>Working out how long this takes</Trans>
                ) : (
                  <Plural
                    value={minutes}
                    one="About # minute left. You can close this page."
                    other="About # minutes left. You can close this page."
                  />
                )}
              </span>
            </p>
          </div>
        )}
        <progress className="sr-only" max={data.total_ms || 1} value={data.done_ms} />
      </div>
    </section>
  );
}
