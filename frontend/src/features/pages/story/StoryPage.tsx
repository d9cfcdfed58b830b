/** A story: who tells it, the player, the words, and what may be done with them. */

import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { resume, type Sound, seek } from "@/features/recordings/player/engine";
import { Picture } from "@/features/recordings/player/Picture";
import { isUnderWay, Progress } from "@/features/recordings/player/Progress";
import { StoryPlayer } from "@/features/recordings/player/StoryPlayer";
import { usePlayer } from "@/features/recordings/player/usePlayer";
import { narratorLine, titleLang, useTitle } from "@/features/stories/parts/names";
import { Warnings } from "@/features/stories/parts/Warnings";
import { braidQuery, storyQuery } from "@/features/stories/queries";
import type { Recording, Segment, Story } from "@/shared/api/contract";
import { placeOf } from "@/shared/lib/address";
import { clock } from "@/shared/lib/time";
import { usePageTitle } from "@/shared/lib/usePageTitle";
import { useWide } from "@/shared/lib/useWide";
import { Button } from "@/shared/ui/Button";
import { Icon } from "@/shared/ui/Icon";
import { Cite } from "./Cite";
import { Publish } from "./Publish";
import { Rights } from "./Rights";
import { StoryHead } from "./StoryHead";
import type { StorySearch } from "./search";
import { keptPlace, usePlace } from "./usePlace";
import { Words } from "./Words";

/** Only those who may edit need it. */
const Again = lazy(() => import("./Again").then((one) => ({ default: one.Again })));

/** The recording that `r` names; without it the first that can be heard. */
export function chosen(
  recordings: readonly Recording[],
  r: string | undefined,
): Recording | undefined {
  const sorted = [...recordings].sort((a, b) => a.number - b.number);
  return (
    sorted.find((one) => String(one.number) === r) ??
    sorted.find((one) => one.sound_url) ??
    sorted[0]
  );
}

function Beside({
  title,
  children,
  folded = false,
}: {
  title: ReactNode;
  children: ReactNode;
  /** Long and seldom wanted: folded where there is room, too. */
  folded?: boolean;
}) {
  const wide = useWide();
  if (wide && !folded)
    return (
      <section className="border-t border-line py-5 first:border-0 first:pt-0">
        <h2 className="mb-2 font-bold">{title}</h2>
        {children}
      </section>
    );
  return (
    <details className="group border-line max-lg:border-b lg:border-t">
      <summary className="flex min-h-13 list-none items-center justify-between text-18 lg:text-16 [&::-webkit-details-marker]:hidden">
        <h2 className="lg:font-bold">{title}</h2>
        <Icon name="down" className="group-open:rotate-180" />
      </summary>
      <div className="pb-4">{children}</div>
    </details>
  );
}

function Recordings({ story, current }: { story: Story; current: Recording }) {
  if (story.recordings.length < 2) return null;
  return (
    <nav className="page mb-6" aria-labelledby="sittings">
      <h2 id="sittings" className="sr-only">
        <Trans>Recordings</Trans>
      </h2>
      <ul className="flex flex-wrap gap-3">
        {story.recordings.map((recording) => {
          const on = recording.id === current.id;
          return (
            <li key={recording.id}>
              <Link
                from="/stories/$storyId"
                search={placeOf(recording.number)}
                aria-current={on ? "true" : undefined}
                className={`inline-flex min-h-11 items-center gap-2 rounded-full border px-4 no-underline ${on ? "border-ink bg-paper-2 font-bold" : "border-edge"}`}
              >
                {on && <Icon name="check" size={16} />}
                <Trans>Recording {recording.number}</Trans>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** "Continue at 0:38:48", where this device stopped the last time. */
function Continue({ recordingId }: { recordingId: string }) {
  const [kept] = useState(() => keptPlace(recordingId));
  const second = usePlayer((state) => state.second);
  if (!kept || second > 0) return null;
  return (
    <p className="page mb-6 print:hidden">
      <Button
        onClick={() => {
          seek(kept);
          resume();
        }}
      >
        <Trans>Continue at {clock(kept)}</Trans>
      </Button>
    </p>
  );
}

const NO_SEGMENTS: Segment[] = [];

export function StoryPage({ storyId, search }: { storyId: string; search: StorySearch }) {
  const { t } = useLingui();
  const { data: story } = useSuspenseQuery(storyQuery(storyId));
  const { data: braids } = useQuery(braidQuery(storyId));
  const client = useQueryClient();
  const title = useTitle()(story);
  usePageTitle(title);
  const recording = chosen(story.recordings, search.r);
  // Until the recording's own braid comes, the story's keeps its place.
  const segments =
    braids?.recordings.find((one) => one.recording_id === recording?.id)?.segments ??
    (story.recordings.length === 1 ? story.summary.braid : NO_SEGMENTS);
  const lang = titleLang(story).lang;
  // Of a file that nothing could be heard in, nothing is to be said about words.
  const lost =
    recording?.state === "rejected" || (recording?.state === "failed" && !recording.transcript);

  const sound = useMemo<Sound | null>(
    () =>
      recording?.sound_url
        ? {
            recordingId: recording.id,
            storyId: story.id,
            number: recording.number,
            title,
            narrators: narratorLine(story.narrators),
            url: recording.sound_url,
            durationMs: recording.duration_ms ?? 0,
            waveformUrl: recording.waveform_url,
            picture: recording.has_picture,
            untilMs: null,
          }
        : null,
    [recording, story, title],
  );
  usePlace(sound, search.t);

  const cover = useRef({ top: 0, foot: 0 });
  const onCover = useCallback((next: { top: number; foot: number }) => {
    cover.current = next;
    document.documentElement.style.setProperty("--player-height", next.foot ? "5.5rem" : "0rem");
  }, []);
  const more = () => client.invalidateQueries({ queryKey: ["story", storyId, "transcript"] });
  const again = () => client.invalidateQueries({ queryKey: ["story", storyId] });

  return (
    <article>
      <StoryHead story={story}>{story.may.publish && <Publish story={story} />}</StoryHead>
      {recording && <Recordings story={story} current={recording} />}
      {recording?.has_picture && recording.sound_url && (
        <div className="page mb-6">
          <Picture poster={recording.poster_url} />
        </div>
      )}
      {recording && isUnderWay(recording) && (story.may.edit || story.may.upload) && (
        <Progress recording={recording} onMore={more} onEnd={again} />
      )}
      {recording && (recording.state === "failed" || recording.state === "rejected") && (
        <div className="page mb-8 text-18">
          <p className="max-w-[68ch]">
            <strong>
              <Trans>This recording could not be prepared.</Trans>
            </strong>
            {recording.reason && <span lang="en"> {recording.reason}</span>}
          </p>
          {recording.state === "rejected" && story.may.upload && (
            <p className="mt-2 print:hidden">
              <Link
                to="/add/$step"
                params={{ step: "recording" }}
                search={{ story: story.id }}
                className="link inline-flex min-h-11 items-center"
              >
                <Trans>Choose another file</Trans>
              </Link>
            </p>
          )}
        </div>
      )}
      {recording && (
        <div className="page empty:hidden">
          <Warnings
            warnings={recording.warnings.filter(({ sentence }) => sentence !== recording.reason)}
            className="mb-6"
          />
        </div>
      )}
      {sound && search.t === undefined && <Continue recordingId={sound.recordingId} />}
      {recording?.sound_url ? (
        <StoryPlayer
          recording={recording}
          title={title}
          titleLang={lang}
          segments={segments}
          onCover={onCover}
        />
      ) : (
        story.recordings.length === 0 && (
          <p className="page text-18">
            <Trans>No recording has come yet.</Trans>
          </p>
        )
      )}
      <div className="page grid gap-x-18 pt-8 lg:grid-cols-[minmax(0,48.5rem)_minmax(0,1fr)] lg:pt-10">
        <div className="order-2 min-w-0 lg:order-1">
          {recording && !lost && (
            <Words
              story={story}
              recording={recording}
              sound={sound}
              search={search}
              cover={cover}
            />
          )}
        </div>
        <aside
          aria-label={t`About this story`}
          className="order-1 max-lg:mb-10 max-lg:border-t max-lg:border-line lg:sticky lg:top-24 lg:order-2 lg:max-h-[calc(100vh-7rem)] lg:self-start lg:overflow-y-auto print:hidden"
        >
          <Beside title={<Trans>What you may do</Trans>}>
            <Rights story={story} />
          </Beside>
          <Beside title={<Trans>Cite and share</Trans>}>
            <Cite story={story} recording={recording} />
          </Beside>
          {recording?.transcript && story.may.transcribe && !isUnderWay(recording) && (
            <Beside folded title={<Trans>Machine text</Trans>}>
              <Suspense>
                <Again key={recording.id} story={story} recording={recording} />
              </Suspense>
            </Beside>
          )}
        </aside>
      </div>
    </article>
  );
}
