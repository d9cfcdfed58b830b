/** The first thing on the home page: a sentence somebody said, and the button that sounds it. */

import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { Braid } from "@/features/recordings/player/Braid";
import { load, pause, play, resume, seek, snapshot } from "@/features/recordings/player/engine";
import { useHost } from "@/features/recordings/player/hosts";
import { PlayButton } from "@/features/recordings/player/PlayButton";
import { soundUrl, waveformQuery, waveformUrl } from "@/features/recordings/player/queries";
import { usePlayer } from "@/features/recordings/player/usePlayer";
import { Wave } from "@/features/recordings/player/Wave";
import { Narrators, narratorLine, titleLang, useTitle } from "@/features/stories/parts/names";
import { NamePlate } from "@/features/stories/parts/Tile";
import type { Home } from "@/shared/api/contract";
import { placeOf } from "@/shared/lib/address";
import { langOf } from "@/shared/lib/languages";
import { quoted } from "@/shared/lib/quotes";
import { useDuration } from "@/shared/lib/useDuration";
import { useInView } from "@/shared/lib/useInView";

type VoiceData = NonNullable<Home["voice"]>;

/** The longer the sentence, the smaller it is set, so that the button stays on the first screen. */
function sizeOf(text: string): string {
  const length = [...text].reduce(
    (sum, c) => sum + (/\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}/u.test(c) ? 2 : 1),
    0,
  );
  if (length <= 150) return "text-32 leading-[1.2] lg:text-40";
  if (length <= 260) return "text-24 leading-[1.3] lg:text-32";
  return "text-20 leading-[1.4] lg:text-24";
}

export function Voice({ voice }: { voice: VoiceData }) {
  const { t } = useLingui();
  const title = useTitle()(voice.story);
  const duration = useDuration();
  const { data: wave } = useQuery(waveformQuery(waveformUrl(voice.recording_id)));
  const [box, seen] = useInView<HTMLDivElement>();
  useHost(voice.recording_id, seen);
  const playing = usePlayer(
    (state) => (state.playing || state.waiting) && state.sound?.recordingId === voice.recording_id,
  );
  const segments = useMemo(
    () =>
      voice.story.summary.braid.filter(
        (segment) => segment.end_ms > voice.start_ms && segment.start_ms < voice.end_ms,
      ),
    [voice],
  );
  const sound = {
    recordingId: voice.recording_id,
    storyId: voice.story.id,
    number: voice.recording_number,
    title,
    narrators: narratorLine(voice.story.narrators),
    url: soundUrl(voice.recording_id),
    waveformUrl: waveformUrl(voice.recording_id),
    durationMs: 0,
    picture: false,
    untilMs: voice.end_ms,
  };

  const length = voice.end_ms - voice.start_ms;
  const link = (
    <Link
      to="/stories/$storyId"
      params={{ storyId: voice.story.id }}
      search={placeOf(voice.recording_number, voice.start_ms)}
      className="link"
      {...titleLang(voice.story)}
    >
      {title}
    </Link>
  );

  function press() {
    if (playing) return pause();
    const now = snapshot();
    const at = now.second * 1000;
    const inside =
      now.sound?.recordingId === voice.recording_id &&
      at > voice.start_ms &&
      at < voice.end_ms - 1000;
    if (inside) resume();
    else play(sound, voice.start_ms);
  }

  return (
    <section
      aria-label={t`A voice from the archive`}
      className="page grid gap-x-18 gap-y-6 pt-5 lg:grid-cols-[17rem_minmax(0,1fr)] lg:pt-12"
    >
      <div className="lg:pb-8">
        <NamePlate story={voice.story} className="h-24 w-full lg:h-[22rem]" />
        {voice.story.fictional && (
          <p className="mt-2 text-14 text-ink-2">
            <Trans>This interview is fictional and the voice is synthetic.</Trans>
          </p>
        )}
      </div>
      <div>
        <h1 {...langOf(voice.language)} className={`${sizeOf(voice.text)} text-pretty`}>
          {quoted(voice.text, voice.language)}
        </h1>
        <div
          ref={box}
          className="mt-6 grid grid-cols-[4.5rem_minmax(0,1fr)] items-center gap-x-6 max-lg:gap-x-4"
        >
          <PlayButton
            size={72}
            playing={playing}
            label={playing ? t`Pause` : t`Play these words`}
            onClick={press}
          />
          <Wave
            wave={wave}
            recordingId={voice.recording_id}
            fromMs={voice.start_ms}
            toMs={voice.end_ms}
            label={t`Place in these words`}
            onSeek={(ms) => {
              if (snapshot().sound?.recordingId !== voice.recording_id) load(sound, ms);
              else seek(ms);
            }}
            className="h-14"
          />
          <Braid
            segments={segments}
            fromMs={voice.start_ms}
            toMs={voice.end_ms}
            recordingId={voice.recording_id}
            rowHeight={20}
            labels
            className="col-span-2 mt-4"
          />
        </div>
        <p className="mt-5">
          {voice.story.narrators.length > 0 ? (
            <Trans>
              <Narrators narrators={voice.story.narrators} bold />. {duration(length)} from {link}.
            </Trans>
          ) : (
            <Trans>
              {duration(length)} from {link}.
            </Trans>
          )}
        </p>
      </div>
    </section>
  );
}
