/** Watching the words being written down: percent, second, time left, wave, braid, lines. */
import { Plural, Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Recording, Story } from "@/shared/api/contract";
import { clock } from "@/shared/lib/time";
import { type Followed, follow } from "./follow";
import { covered, stretches } from "./heard";
import { LiveLines } from "./LiveLines";
import { LiveWave } from "./LiveWave";

const NOTHING: Followed = { progress: null, cues: [], untranscribed: [] };

/** The recording as it grows; asks for the story again when it is over. */
export function useFollowed(story: Story, recording: Recording): Followed {
  const client = useQueryClient();
  const [followed, setFollowed] = useState(NOTHING);
  const { id } = recording;
  useEffect(
    () =>
      follow(id, setFollowed, () => {
        client.invalidateQueries({ queryKey: ["story", story.id] });
      }),
    [id, story.id, client],
  );
  return followed;
}

function Left({ seconds }: { seconds: number | null }) {
  if (seconds === null) return <Trans>Working out how long this takes.</Trans>;
  if (seconds < 60) return <Trans>Less than a minute left.</Trans>;
  const minutes = Math.round(seconds / 60);
  return <Plural value={minutes} one="About # minute left." other="About # minutes left." />;
}

type Props = { story: Story; recording: Recording; followed: Followed };

export function Live({ story, recording, followed }: Props) {
  const { progress, cues, untranscribed } = followed;
  const over = recording.state === "ready" || recording.state === "failed";
  const total = progress?.total_ms ?? 0;
  const done = progress?.done_ms ?? 0;
  const writing = progress?.step === "transcribe" && total > 0;
  const percent = over ? 100 : writing ? Math.min(99, Math.floor((100 * done) / total)) : null;
  const duration = recording.duration_ms ?? 0;
  const heard = stretches([...cues, ...untranscribed]);
  const heardMs = over ? duration : Math.min(duration, covered(heard));
  const whole = clock(duration);
  return (
    <>
      {recording.state !== "failed" && (
        <div className="mt-4 flex items-center gap-x-5 lg:gap-x-8">
          {percent !== null && (
            <p
              className="times text-40 leading-none whitespace-nowrap lg:text-56"
              data-testid="written"
            >
              <Trans>{percent} %</Trans>
            </p>
          )}
          <p className="min-w-0">
            <strong className="times block">
              {percent === null ? (
                <Trans>Getting the sound ready</Trans>
              ) : (
                <Trans>
                  {clock(heardMs)} of {whole} heard
                </Trans>
              )}
            </strong>
            <span className="text-ink-2">
              {over ? (
                <Trans>All of it is written down.</Trans>
              ) : (
                <>
                  {percent !== null && <Left seconds={progress?.seconds_left ?? null} />}{" "}
                  <Trans>You can close this page.</Trans>
                </>
              )}
            </span>
          </p>
        </div>
      )}
      <LiveWave
        url={recording.waveform_url}
        cues={cues}
        heard={heard}
        durationMs={duration}
        over={over}
      />
      <div className="mt-6 border-t-[1.5px] border-ink">
        <LiveLines
          story={story}
          recording={recording}
          cues={cues}
          untranscribed={untranscribed}
          over={over}
        />
      </div>
    </>
  );
}
