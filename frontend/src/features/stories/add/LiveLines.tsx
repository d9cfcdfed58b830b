/** The lines as they come, newest at the foot; what the machine holds back, and its unsure words. */
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { play } from "@/features/recordings/player/engine";
import { unsureIn } from "@/features/transcripts/reading/words";
import type { Cue, LiveCue, Recording, Span, Story } from "@/shared/api/contract";
import { langOf, ownName } from "@/shared/lib/languages";
import { clock } from "@/shared/lib/time";
import { narratorLine, useTitle } from "../parts/names";

/** How many of the newest lines are shown before the others are asked for. */
const SHOWN = 40;

/** The text with its unsure words underlined, cut at the words' places in it. */
export function marked(cue: Cue): { text: string; unsure: boolean }[] {
  const out: { text: string; unsure: boolean }[] = [];
  let shown = 0;
  for (const { from, to } of unsureIn(cue)) {
    if (from > shown) out.push({ text: cue.text.slice(shown, from), unsure: false });
    out.push({ text: cue.text.slice(from, to), unsure: true });
    shown = to;
  }
  if (shown < cue.text.length) out.push({ text: cue.text.slice(shown), unsure: false });
  return out;
}

/** Why the machine holds a line back, by the archive's word for it. */
function Why({ reason }: { reason: string | null | undefined }) {
  switch (reason) {
    case "few_voiced_frames":
      return <Trans>It sounds like laughter or noise, not words.</Trans>;
    case "same_text_back_to_back":
      return <Trans>The machine heard the same words again and again.</Trans>;
    case "known_invented_phrase":
      return <Trans>Machines write this over music and applause, where nobody says it.</Trans>;
    default:
      return <Trans>The machine was not sure that these are the words.</Trans>;
  }
}

function Row({
  ms,
  tag,
  fresh = false,
  children,
}: {
  ms: number | null;
  tag?: string | null;
  fresh?: boolean;
  children: ReactNode;
}) {
  return (
    <li
      className={`-mx-4 grid px-4 py-2.5 transition-colors duration-100 lg:grid-cols-[5rem_1fr] lg:gap-x-6 ${fresh ? "bg-now" : ""}`}
    >
      <p className={`text-14 lg:text-right ${fresh ? "text-ink" : "text-ink-2"}`}>
        {ms !== null && <span className="times">{clock(ms)}</span>}{" "}
        {tag && (
          <span {...langOf(tag)} className="lg:block">
            {ownName(tag)}
          </span>
        )}
      </p>
      {children}
    </li>
  );
}

type Props = {
  story: Story;
  recording: Recording;
  cues: readonly LiveCue[];
  untranscribed: readonly Span[];
  over: boolean;
};

export function LiveLines({ story, recording, cues, untranscribed, over }: Props) {
  const { t } = useLingui();
  const title = useTitle();
  const [all, setAll] = useState(false);
  const fresh = useFresh(cues);
  const rows = [
    ...cues.map((cue) => ({ at: cue.start_ms, cue, gap: null })),
    ...untranscribed.map((gap) => ({ at: gap.start_ms, cue: null, gap })),
  ].sort((one, other) => one.at - other.at);
  const shown = all ? rows : rows.slice(-SHOWN);

  const listen = ({ start_ms, end_ms }: Span) =>
    recording.sound_url &&
    play(
      {
        recordingId: recording.id,
        storyId: story.id,
        number: recording.number,
        title: title(story),
        url: recording.sound_url,
        durationMs: recording.duration_ms ?? 0,
        waveformUrl: recording.waveform_url,
        picture: recording.has_picture,
        narrators: narratorLine(story.narrators),
        untilMs: end_ms,
      },
      start_ms,
    );

  const held = (span: Span, why: ReactNode, words: string | null, tag: string | null) => {
    const seconds = Math.max(1, Math.round((span.end_ms - span.start_ms) / 1000));
    return (
      <div className="border border-dashed border-edge px-3 py-2 text-16">
        <strong>
          <Plural value={seconds} one="Held back, # second." other="Held back, # seconds." />
        </strong>{" "}
        <span className="text-ink-2">{why}</span>{" "}
        {recording.sound_url && (
          <button
            type="button"
            className="link reach"
            aria-label={t`Listen at ${clock(span.start_ms)}`}
            onClick={() => listen(span)}
          >
            <Trans>Listen</Trans>
          </button>
        )}
        {words && (
          <details>
            <summary className="min-h-11 content-center text-14 text-ink-2">
              <Trans>What the machine guessed</Trans>
            </summary>
            <p {...langOf(tag)}>{words}</p>
          </details>
        )}
      </div>
    );
  };

  return (
    <>
      {!all && rows.length > SHOWN && (
        <p className="mt-3">
          <button type="button" className="link min-h-11" onClick={() => setAll(true)}>
            <Plural
              value={rows.length - SHOWN}
              one="Show the line before"
              other="Show the # lines before"
            />
          </button>
        </p>
      )}
      <ol className="mt-3">
        {shown.map(({ cue, gap }) =>
          cue === null ? (
            <Row key={`gap${gap.start_ms}`} ms={gap.start_ms}>
              {held(gap, <Trans>Somebody speaks, but no words were found.</Trans>, null, null)}
            </Row>
          ) : cue.doubtful ? (
            <Row key={cue.id} ms={cue.start_ms}>
              {held(cue, <Why reason={cue.reason} />, cue.text || null, cue.language)}
            </Row>
          ) : (
            <Row key={cue.id} ms={cue.start_ms} tag={cue.language} fresh={fresh.has(cue)}>
              <p {...langOf(cue.language)} className="text-read leading-(--lh) wrap-anywhere">
                {marked(cue).map((piece, index) =>
                  piece.unsure ? (
                    <span
                      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other identity.
                      key={index}
                      className="underline decoration-accent decoration-dotted decoration-2 underline-offset-4"
                    >
                      {piece.text}
                    </span>
                  ) : (
                    piece.text
                  ),
                )}
              </p>
            </Row>
          ),
        )}
        {!over && (
          <Row ms={null}>
            <p className="text-ink-2">
              <span aria-hidden="true" className="mr-2 tracking-widest">
                •••
              </span>
              <Trans>Listening</Trans>
            </p>
          </Row>
        )}
      </ol>
    </>
  );
}

const FRESH_MS = 2000;

/** The lines that came within the last two seconds; what was there at first is not new. */
function useFresh(cues: readonly LiveCue[]): ReadonlySet<LiveCue> {
  const known = useRef<ReadonlySet<LiveCue> | null>(null);
  const [fresh, setFresh] = useState<ReadonlySet<LiveCue>>(new Set());
  useEffect(() => {
    const before = known.current;
    known.current = new Set(cues);
    // The first answer after a reload tells what stood there already.
    if (before === null || before.size === 0 || before.size === cues.length) return;
    setFresh(new Set(cues.filter((cue) => !before.has(cue))));
    const timer = setTimeout(() => setFresh(new Set()), FRESH_MS);
    return () => clearTimeout(timer);
  }, [cues]);
  return fresh;
}
