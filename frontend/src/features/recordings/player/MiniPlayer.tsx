/** The sound goes on at the foot of whatever page is open. */

import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { placeOf } from "@/shared/lib/address";
import { clock } from "@/shared/lib/time";
import { Icon } from "@/shared/ui/Icon";
import { close, type Sound, seek, toggle } from "./engine";
import { PlayButton } from "./PlayButton";
import { waveformQuery } from "./queries";
import { usePlayer } from "./usePlayer";
import { Wave } from "./Wave";

export default function MiniPlayer({ sound }: { sound: Sound }) {
  const { t } = useLingui();
  const playing = usePlayer((state) => state.playing || state.waiting);
  const failed = usePlayer((state) => state.failed);
  const second = usePlayer((state) => state.second);
  const { data: wave } = useQuery(waveformQuery(sound.waveformUrl));
  const end = sound.durationMs || (wave ? (wave.peaks.length / wave.perSecond) * 1000 : 0);
  return (
    <section
      aria-label={t`Player`}
      className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-paper pb-[env(safe-area-inset-bottom)] print:hidden"
    >
      <div className="page flex h-18 items-center gap-x-6 max-lg:h-19 max-lg:gap-x-3">
        <PlayButton playing={playing} label={playing ? t`Pause` : t`Play`} onClick={toggle} />
        <div className="min-w-0 flex-1 lg:w-66 lg:flex-none">
          <p className="truncate font-bold">{sound.title}</p>
          <p className="times truncate text-14 text-ink-2">
            {failed ? (
              <Trans>The sound did not come.</Trans>
            ) : (
              <>
                {clock(second * 1000)}
                {sound.note ? `, ${sound.note}` : ""}
              </>
            )}
          </p>
        </div>
        {end > 0 && (
          <Wave
            wave={wave}
            recordingId={sound.recordingId}
            fromMs={0}
            toMs={end}
            onSeek={seek}
            label={t`Place in the sound`}
            className="hidden h-10 flex-1 lg:block"
          />
        )}
        <Link
          to="/stories/$storyId"
          params={{ storyId: sound.storyId }}
          search={placeOf(sound.number, second * 1000)}
          className="link inline-flex min-h-11 items-center"
        >
          <Trans>Open</Trans>
        </Link>
        <button
          type="button"
          aria-label={t`Close the player`}
          className="inline-flex size-11 items-center justify-center"
          onClick={close}
        >
          <Icon name="cross" />
        </button>
      </div>
    </section>
  );
}
