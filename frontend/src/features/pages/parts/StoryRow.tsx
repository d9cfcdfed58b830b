/** A story in a list: tile, title and names, one spoken line, braid, play. */

import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Braid } from "@/features/recordings/player/Braid";
import { pause, play } from "@/features/recordings/player/engine";
import { PlayButton } from "@/features/recordings/player/PlayButton";
import { soundUrl, waveformUrl } from "@/features/recordings/player/queries";
import { usePlayer } from "@/features/recordings/player/usePlayer";
import { Narrators, narratorLine, titleLang, useTitle } from "@/features/stories/parts/names";
import { Tile } from "@/features/stories/parts/Tile";
import type { StoryItem } from "@/shared/api/contract";
import { langOf, ownName } from "@/shared/lib/languages";
import { useDuration } from "@/shared/lib/useDuration";

/** "日本語, 한국어, English · 48 min", each language in its own script. */
export function SpokenIn({ summary }: { summary: StoryItem["summary"] }) {
  const duration = useDuration();
  return (
    <p className="times text-14 text-ink-2">
      {summary.languages.map(({ tag }, i) => (
        <span key={tag}>
          {i > 0 && ", "}
          <span {...langOf(tag)}>{ownName(tag)}</span>
        </span>
      ))}
      {summary.languages.length > 0 && summary.duration_ms > 0 && " · "}
      {summary.duration_ms > 0 && duration(summary.duration_ms)}
    </p>
  );
}

export function StoryRow({ story, as: Heading = "h3" }: { story: StoryItem; as?: "h2" | "h3" }) {
  const { t } = useLingui();
  const title = useTitle()(story);
  const said = story.summary.first_sentence;
  const playing = usePlayer(
    (state) =>
      !!said && (state.playing || state.waiting) && state.sound?.recordingId === said.recording_id,
  );

  function press() {
    if (!said) return;
    if (playing) return pause();
    play(
      {
        recordingId: said.recording_id,
        storyId: story.id,
        number: said.recording_number,
        title,
        narrators: narratorLine(story.narrators),
        url: soundUrl(said.recording_id),
        waveformUrl: waveformUrl(said.recording_id),
        durationMs: 0,
        picture: false,
        untilMs: null,
      },
      said.start_ms,
    );
  }

  return (
    <li className="grid grid-cols-[4.5rem_minmax(0,1fr)_2.75rem] items-center gap-x-8 gap-y-3 border-b border-line py-6 max-lg:grid-cols-[3.5rem_minmax(0,1fr)_2.75rem] max-lg:items-start max-lg:gap-x-4 lg:grid-cols-[4.5rem_minmax(0,1.15fr)_minmax(0,1.15fr)_14rem_2.75rem]">
      <Tile story={story} className="h-22 w-18 text-32 max-lg:h-18 max-lg:w-14 max-lg:text-24" />
      <div>
        <Heading className="text-24 leading-[1.2] max-lg:text-20" {...titleLang(story)}>
          <Link
            to="/stories/$storyId"
            params={{ storyId: story.id }}
            className="reach no-underline hover:underline"
          >
            {title}
          </Link>
        </Heading>
        <p className="mt-1">
          <Narrators narrators={story.narrators} />
        </p>
        {story.fictional && (
          <p className="mt-1 text-14 text-ink-2">
            <Trans>Fictional, with a synthetic voice</Trans>
          </p>
        )}
        {story.state === "draft" && (
          <p className="mt-1 text-14 font-bold">
            <Trans>Not published</Trans>
          </p>
        )}
      </div>
      <div className="max-lg:order-1 max-lg:col-span-3">
        {said && (
          <p
            {...langOf(said.language)}
            className="line-clamp-3 text-18 leading-[var(--lh)] max-lg:text-[1.0625rem]"
          >
            {said.text}
          </p>
        )}
        {!said && story.summary.progress === "processing" && (
          <p className="text-ink-2">
            <Trans>The words are being written down.</Trans>
          </p>
        )}
      </div>
      <div className="max-lg:order-1 max-lg:col-span-3 max-lg:grid max-lg:grid-cols-[minmax(0,1fr)_auto] max-lg:items-center max-lg:gap-x-4 max-lg:empty:hidden">
        <Braid
          segments={story.summary.braid}
          fromMs={0}
          toMs={Math.max(1, story.summary.duration_ms)}
          rowHeight={8}
          className="mb-1 max-lg:mb-0"
        />
        <SpokenIn summary={story.summary} />
      </div>
      {said ? (
        <PlayButton
          outline
          size={44}
          playing={playing}
          label={playing ? t`Pause ${title}` : t`Play ${title}`}
          onClick={press}
          className="max-lg:col-start-3 max-lg:row-start-1"
        />
      ) : (
        <span className="max-lg:col-start-3 max-lg:row-start-1" />
      )}
    </li>
  );
}
