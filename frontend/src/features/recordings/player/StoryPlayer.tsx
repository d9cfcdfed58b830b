/** The player of a story: whole at its place, a bar at the top (desktop) or the foot (phone) beyond it. */

import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Recording, Segment } from "@/shared/api/contract";
import { clock } from "@/shared/lib/time";
import { useInView } from "@/shared/lib/useInView";
import { useWide } from "@/shared/lib/useWide";
import { Icon } from "@/shared/ui/Icon";
import { Braid } from "./Braid";
import { RATES, resume, seek, setRate, timeMs, toggle } from "./engine";
import { useHost } from "./hosts";
import { PlayButton } from "./PlayButton";
import { waveformQuery } from "./queries";
import { usePlayer } from "./usePlayer";
import { Wave } from "./Wave";

type Props = {
  recording: Recording;
  title: string;
  titleLang?: string | undefined;
  segments: readonly Segment[];
  /** Tells the page how much of the screen the player covers. */
  onCover?: (cover: { top: number; foot: number }) => void;
};

const JUMP = "times inline-flex min-h-11 min-w-11 items-center justify-center px-1 hover:underline";

function Controls() {
  const { t } = useLingui();
  const rate = usePlayer((state) => state.rate);
  const next = RATES[(RATES.indexOf(rate as (typeof RATES)[number]) + 1) % RATES.length] ?? 1;
  return (
    <div className="flex items-center gap-x-2">
      <button
        type="button"
        className={JUMP}
        aria-label={t`−10 s: back 10 seconds`}
        onClick={() => seek(timeMs() - 10_000)}
      >
        −10 s
      </button>
      <button
        type="button"
        className={JUMP}
        aria-label={t`+10 s: on 10 seconds`}
        onClick={() => seek(timeMs() + 10_000)}
      >
        +10 s
      </button>
      <button
        type="button"
        className={JUMP}
        aria-label={t`Speed ${rate}, change to ${next}`}
        onClick={() => setRate(next)}
      >
        {rate}×
      </button>
    </div>
  );
}

/** Says what the sound is waiting for, once it is worth saying. */
function Coming() {
  const waiting = usePlayer((state) => state.waiting);
  const failed = usePlayer((state) => state.failed);
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!waiting) return setSlow(false);
    const timer = setTimeout(() => setSlow(true), 8000);
    return () => clearTimeout(timer);
  }, [waiting]);
  return (
    <p role="status" className="text-14 empty:hidden">
      {failed ? (
        <>
          <Trans>The sound did not come. The words below are complete.</Trans>{" "}
          <button type="button" className="link min-h-11" onClick={resume}>
            <Trans>Try again</Trans>
          </button>
        </>
      ) : slow ? (
        <Trans>A slow connection. The words are here; the sound follows.</Trans>
      ) : waiting ? (
        <Trans>Getting the sound</Trans>
      ) : null}
    </p>
  );
}

export function StoryPlayer({ recording, title, titleLang, segments, onCover }: Props) {
  const { t } = useLingui();
  const wide = useWide();
  const [place, seen] = useInView<HTMLDivElement>();
  const [open, setOpen] = useState(false);
  const { data: wave } = useQuery(waveformQuery(recording.waveform_url));
  const playing = usePlayer((state) => state.playing || state.waiting);
  const second = usePlayer((state) => state.second);
  const length = recording.duration_ms ?? 0;
  useHost(recording.id, true);

  const barred = wide ? !seen : true;
  useEffect(() => {
    onCover?.({ top: barred && wide ? 73 : 0, foot: barred && !wide ? 85 : 0 });
  }, [barred, wide, onCover]);

  const label = playing ? t`Pause` : t`Play`;
  const slider = {
    wave,
    recordingId: recording.id,
    fromMs: 0,
    toMs: length,
    onSeek: seek,
    gaps: recording.gaps,
    label: t`Place in the sound`,
  };
  const braid = {
    segments,
    fromMs: 0,
    toMs: Math.max(1, length),
    recordingId: recording.id,
    rowHeight: 20,
    labels: true,
    most: 80,
  };

  const time = (
    <p className="times text-right">
      <span className="text-20 font-bold lg:text-24">{clock(second * 1000)}</span>
      <span className="block text-14 text-ink-2">
        <Trans>of {clock(length)}</Trans>
      </span>
    </p>
  );

  return (
    <div ref={place} className="print:hidden">
      {wide && (
        <section
          aria-label={t`Player`}
          className={`border-y border-line ${barred ? "invisible" : ""}`}
        >
          <div className="page grid grid-cols-[6.5rem_minmax(0,1fr)_10rem] items-center gap-x-6 gap-y-3 py-6">
            <PlayButton size={64} playing={playing} label={label} onClick={toggle} />
            <Wave {...slider} className="h-19" />
            {time}
            <div className="col-span-2">
              <Braid {...braid} />
              <Coming />
            </div>
            <div className="flex items-end justify-end self-end">
              <Controls />
            </div>
          </div>
        </section>
      )}
      {barred && (
        <section
          aria-label={t`Player`}
          className={`fixed inset-x-0 z-20 border-line bg-paper ${wide ? "top-0 border-b" : "bottom-0 border-t pb-[env(safe-area-inset-bottom)]"}`}
        >
          {!wide && open && (
            <div className="page border-b border-line pb-3 pt-4">
              <Braid {...braid} />
              <div className="mt-2 flex items-center justify-between">
                <Controls />
                <p className="times text-14 text-ink-2">
                  <Trans>of {clock(length)}</Trans>
                </p>
              </div>
            </div>
          )}
          {!wide && (
            <div className="page">
              <Coming />
            </div>
          )}
          <div className={`page flex items-center ${wide ? "h-18 gap-x-6" : "h-21 gap-x-4"}`}>
            <PlayButton size={wide ? 52 : 56} playing={playing} label={label} onClick={toggle} />
            {wide ? (
              <>
                <p lang={titleLang} className="line-clamp-2 w-52 shrink-0 font-bold leading-tight">
                  {title}
                </p>
                <Wave {...slider} className="h-12 flex-1" />
                <Controls />
                <div className="w-24 shrink-0">{time}</div>
              </>
            ) : (
              <div className="min-w-0 flex-1">
                <div className="flex items-baseline justify-between gap-3">
                  <button
                    type="button"
                    aria-expanded={open}
                    className="reach flex min-w-0 items-center gap-1 font-bold"
                    onClick={() => setOpen(!open)}
                  >
                    <span lang={titleLang} className="truncate">
                      {title}
                    </span>
                    <Icon name={open ? "down" : "up"} size={16} className="shrink-0" />
                  </button>
                  <span className="times text-14">{clock(second * 1000)}</span>
                </div>
                <Wave {...slider} className="mt-1 h-9" />
              </div>
            )}
          </div>
        </section>
      )}
    </div>
  );
}
