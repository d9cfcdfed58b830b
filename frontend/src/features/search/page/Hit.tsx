/** One moment: play it one second before the word, read the line, see why it was found. */

import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { pause, play } from "@/features/recordings/player/engine";
import { PlayMark } from "@/features/recordings/player/PlayButton";
import { soundUrl, waveformUrl } from "@/features/recordings/player/queries";
import { usePlayer } from "@/features/recordings/player/usePlayer";
import { narratorLine } from "@/features/stories/parts/names";
import type { FoundStory, Hit as HitData } from "@/shared/api/contract";
import { placeOf } from "@/shared/lib/address";
import { langOf } from "@/shared/lib/languages";
import { cutAtMarks } from "@/shared/lib/spans";
import { clock } from "@/shared/lib/time";

/** Where the sound begins before the word: a second at most, as an address is rounded to a tenth of one. */
const BEFORE_MS = 950;

type Props = { hit: HitData; story: FoundStory; title: string; q: string };

function Marked({ hit, now }: { hit: HitData; now: boolean }) {
  const pieces = useMemo(() => cutAtMarks(hit.text, hit.spans), [hit]);
  let at = 0;
  return (
    <>
      {pieces.map((piece) => {
        const key = at;
        at += piece.text.length;
        return piece.marked ? (
          <mark
            key={key}
            className={
              now
                ? "bg-transparent text-ink underline decoration-accent decoration-3 underline-offset-4"
                : "bg-mark text-ink"
            }
          >
            {piece.text}
          </mark>
        ) : (
          <span key={key}>{piece.text}</span>
        );
      })}
    </>
  );
}

function Why({ hit, q }: { hit: HitData; q: string }) {
  if (hit.via === "exact" && !hit.matched_as) return null;
  return (
    <p className="mt-0.5 text-14">
      {hit.via === "typo" ? (
        <Trans>
          {q} ~ {hit.matched_as ?? ""}, spelt a little differently
        </Trans>
      ) : (
        <Trans>
          {q} ~ {hit.matched_as ?? ""}, the same in another script
        </Trans>
      )}
    </p>
  );
}

export function Hit({ hit, story, title, q }: Props) {
  const { t } = useLingui();
  const start = hit.start_ms;
  const here = usePlayer((state) => {
    if (start === null || state.sound?.recordingId !== hit.recording_id) return false;
    return (
      state.second >= Math.floor((start - BEFORE_MS) / 1000) &&
      state.second <= Math.ceil((hit.end_ms ?? start) / 1000) + 1
    );
  });
  const playing = usePlayer((state) => state.playing || state.waiting) && here;

  if (start === null || !hit.recording_id)
    return (
      <li className="border-b border-line py-4 last:border-0">
        <p {...langOf(hit.language)} className="text-18 leading-[var(--lh)] whitespace-pre-line">
          <Marked hit={hit} now={false} />
        </p>
        <Why hit={hit} q={q} />
      </li>
    );

  const time = clock(start);
  const recordingId = hit.recording_id;
  const press = () => {
    if (playing) return pause();
    play(
      {
        recordingId,
        storyId: hit.story_id,
        number: hit.recording_number ?? 1,
        title,
        narrators: narratorLine(story.narrators),
        url: soundUrl(recordingId),
        waveformUrl: waveformUrl(recordingId),
        durationMs: 0,
        picture: false,
        untilMs: null,
        note: t`from just before the word`,
      },
      Math.max(0, start - BEFORE_MS),
    );
  };

  return (
    <li
      className={`grid grid-cols-[2.75rem_minmax(0,1fr)] gap-x-3 relative border-b border-line py-3 last:border-0 lg:grid-cols-[2.75rem_5rem_minmax(0,1fr)] lg:gap-x-6 ${here ? "isolate before:absolute before:-inset-x-5 before:inset-y-0 before:-z-10 before:bg-now lg:before:-inset-x-4" : ""}`}
    >
      <button
        type="button"
        aria-label={playing ? t`Pause` : t`Play from ${time}`}
        className="inline-flex size-11 items-center justify-center text-accent max-lg:row-span-2 max-lg:-mt-2 lg:-ml-3"
        onClick={press}
      >
        <PlayMark playing={playing} size={20} />
      </button>
      <Link
        to="/stories/$storyId"
        params={{ storyId: hit.story_id }}
        search={{
          ...placeOf(hit.recording_number, Math.max(0, start - BEFORE_MS)),
          q,
        }}
        className="times reach self-start py-2.5 no-underline hover:underline max-lg:col-start-2 max-lg:py-0 max-lg:text-14"
        aria-label={t`Open the story at ${time}`}
      >
        {time}
      </Link>
      <div className="min-w-0 max-lg:col-start-2 lg:pt-2">
        {hit.speaker && <p className={here ? "" : "text-ink-2"}>{hit.speaker}</p>}
        <p {...langOf(hit.language)} className="text-read leading-[var(--lh)]">
          <Marked hit={hit} now={playing} />
        </p>
        <Why hit={hit} q={q} />
      </div>
    </li>
  );
}
