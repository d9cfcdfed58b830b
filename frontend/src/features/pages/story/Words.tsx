/** The transcript's heading and states, the finding in it, and the reading itself. */

import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type RefObject, useMemo, useRef, useState } from "react";
import { load, type Sound, seek, snapshot } from "@/features/recordings/player/engine";
import { isUnderWay } from "@/features/recordings/player/Progress";
import { useKeys } from "@/features/recordings/player/useKeys";
import { Warnings } from "@/features/stories/parts/Warnings";
import { Find } from "@/features/transcripts/reading/Find";
import { findQuery, transcriptQuery } from "@/features/transcripts/reading/queries";
import { linesOf } from "@/features/transcripts/reading/turns";
import type { Found } from "@/features/transcripts/reading/words";
import type { Recording, Story, Warning } from "@/shared/api/contract";
import { placeOf } from "@/shared/lib/address";
import { cutAtMarks } from "@/shared/lib/spans";
import { parseT } from "@/shared/lib/time";
import { KeysHelp } from "./KeysHelp";
import { Reading, type ReadingHandle } from "./Reading";
import type { StorySearch } from "./search";

type Props = {
  story: Story;
  recording: Recording;
  sound: Sound | null;
  search: StorySearch;
  cover: RefObject<{ top: number; foot: number }>;
};

/** Warnings that a transcript carries, where they have a sentence to show. */
function sentences(warnings: readonly Record<string, unknown>[]): Warning[] {
  return warnings.flatMap(({ slug, sentence }) =>
    typeof slug === "string" && typeof sentence === "string" ? { slug, sentence } : [],
  );
}

const NONE: Found[] = [];

export function Words({ story, recording, sound, search, cover }: Props) {
  const navigate = useNavigate({ from: "/stories/$storyId" });
  const state = `${recording.state}-${recording.transcript?.version ?? 0}-${recording.transcript?.status ?? ""}`;
  const transcript = useQuery({
    ...transcriptQuery(story.id, recording.id, state),
    placeholderData: (before) => before,
  });
  const q = search.q ?? "";
  const found = useQuery(findQuery(story.id, q));
  const [at, setAt] = useState(-1);
  const handle = useRef<ReadingHandle>(null);
  const field = useRef<HTMLInputElement>(null);
  const help = useRef<HTMLDialogElement>(null);
  const arriveAt = useRef(parseT(search.t)).current;

  const lines = useMemo(() => {
    const own = transcript.data?.transcripts.find((one) => one.recording_id === recording.id);
    const cues = transcript.data?.cues.filter((cue) => cue.recording_id === recording.id) ?? [];
    return linesOf(cues, own?.untranscribed ?? [], recording.gaps);
  }, [transcript.data, recording]);

  const hits = useMemo(
    () =>
      (q ? (found.data?.items ?? []) : []).filter(
        (hit) => hit.recording_id === recording.id && hit.start_ms !== null,
      ),
    [found.data, q, recording.id],
  );
  const spans = useMemo<Found[]>(
    () =>
      hits.map((hit) => ({
        start_ms: hit.start_ms ?? 0,
        end_ms: hit.end_ms ?? hit.start_ms ?? 0,
        forms: cutAtMarks(hit.text, hit.spans).flatMap((piece) => (piece.marked ? piece.text : [])),
      })),
    [hits],
  );
  const others = story.recordings.filter(
    (one) =>
      q && one.id !== recording.id && found.data?.items.some((hit) => hit.recording_id === one.id),
  );

  function step(by: 1 | -1) {
    if (spans.length === 0) return;
    const next = at < 0 ? (by > 0 ? 0 : spans.length - 1) : (at + by + spans.length) % spans.length;
    const span = spans[next];
    if (!span) return;
    setAt(next);
    if (snapshot().sound?.recordingId === recording.id) seek(span.start_ms);
    else if (sound) load(sound, span.start_ms);
    handle.current?.show(span);
  }

  const keys = useKeys({
    find: () => {
      field.current?.scrollIntoView({ block: "center" });
      field.current?.focus();
    },
    next: () => step(1),
    previous: () => step(-1),
    turn: () => handle.current?.back(),
    help: () => help.current?.showModal(),
  });

  const machine = recording.transcript?.machine ?? false;
  const growing = isUnderWay(recording);
  return (
    <section aria-labelledby="transcript" className={transcript.isPending ? "min-h-svh" : ""}>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-8 gap-y-3">
        <h2 id="transcript" className="text-24 leading-tight lg:text-32">
          <Trans>Transcript</Trans>
        </h2>
        {(lines.length > 0 || transcript.isPending) && (
          <div className="w-full lg:w-auto lg:min-w-88">
            <Find
              q={q}
              count={found.data ? spans.length : undefined}
              at={at}
              field={field}
              onStep={step}
              onQ={(next) => {
                setAt(-1);
                void navigate({
                  search: ({ q: _, ...rest }) => ({ ...rest, ...(next ? { q: next } : {}) }),
                  replace: true,
                  resetScroll: false,
                });
              }}
            />
          </div>
        )}
      </div>
      {others.length > 0 && (
        <p className="mb-3 flex flex-wrap items-baseline gap-x-4 text-14 text-ink-2">
          <Trans>Also said in</Trans>
          {others.map((one) => (
            <Link
              key={one.id}
              from="/stories/$storyId"
              search={{ ...placeOf(one.number), q }}
              className="link inline-flex min-h-11 items-center"
            >
              <Trans>Recording {one.number}</Trans>
            </Link>
          ))}
        </p>
      )}
      {machine && (lines.length > 0 || transcript.isPending) && (
        <p className="machine-rule mb-4 text-14">
          <Trans>
            Machine text. Nobody has checked it yet; names are often wrong. Words with dots under
            them and a ? are ones the machine was unsure of.
          </Trans>
        </p>
      )}
      <Warnings
        warnings={sentences(recording.transcript?.warnings ?? [])}
        className="mb-4 text-14"
      />
      <div className="border-t-[1.5px] border-ink pt-4">
        {transcript.isError && (
          <p className="text-18">
            <Trans>The words did not come. The sound is complete.</Trans>{" "}
            <button type="button" className="link min-h-11" onClick={() => transcript.refetch()}>
              <Trans>Try again</Trans>
            </button>
          </p>
        )}
        {lines.length === 0 && !transcript.isError && !transcript.isPending && (
          <p className="text-18">
            {growing ? (
              recording.sound_url ? (
                <Trans>You can listen now. The words are being written down.</Trans>
              ) : (
                <Trans>The sound is being prepared. It can be heard here soon.</Trans>
              )
            ) : !story.machine_text_allowed ? (
              <Trans>The teller did not want a computer to write down the words.</Trans>
            ) : (
              <Trans>No words were found in this recording.</Trans>
            )}
          </p>
        )}
        {lines.length > 0 && (
          <Reading
            lines={lines}
            recordingId={recording.id}
            sound={sound}
            cover={cover}
            found={spans.length ? spans : NONE}
            here={spans[at] ?? null}
            arriveAt={arriveAt}
            handle={handle}
          />
        )}
        {growing && lines.length > 0 && (
          <p role="status" className="mt-4 text-ink-2">
            <Trans>Listening. More words come as they are heard.</Trans>
          </p>
        )}
      </div>
      {lines.length > 0 && (
        <p className="mt-6 text-14 text-ink-2 max-lg:hidden print:hidden">
          <button type="button" className="link min-h-11" onClick={() => help.current?.showModal()}>
            <Trans>Keys of the player</Trans>
          </button>
        </p>
      )}
      <KeysHelp dialog={help} on={keys.on} setOn={keys.setOn} />
    </section>
  );
}
