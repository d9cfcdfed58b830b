/** The wave while it is being listened to: heard, being heard, not yet; and the braid that grows. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { braidPath, simplify, strands } from "@/features/recordings/player/braid";
import { waveformQuery } from "@/features/recordings/player/queries";
import { bars } from "@/features/recordings/player/waveform";
import type { Cue, Segment, Span } from "@/shared/api/contract";
import { langOf, ownName } from "@/shared/lib/languages";

const PITCH = 4;
const TALL = 56;
const ROW = 20;
/** A transcription window holds up to 20 s, so beyond the last line so much is being heard. */
const WINDOW_MS = 20_000;

type Props = {
  url: string | null;
  cues: readonly Cue[];
  heard: readonly Span[];
  durationMs: number;
  over: boolean;
};

function segmentsOf(cues: readonly Cue[]): Segment[] {
  return cues
    .filter(({ language, doubtful }) => !doubtful && language !== null && language !== "und")
    .map(({ language, start_ms, end_ms }) => ({ tag: language ?? "", start_ms, end_ms }));
}

/** The width of an element in CSS pixels, followed. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (ref.current === null) return;
    const size = new ResizeObserver(([entry]) =>
      setWidth(Math.floor(entry?.contentRect.width ?? 0)),
    );
    size.observe(ref.current);
    return () => size.disconnect();
  }, []);
  return { ref, width };
}

export function LiveWave({ url, cues, heard, durationMs, over }: Props) {
  const { data: wave } = useQuery(waveformQuery(url));
  const { ref, width } = useWidth();
  const count = Math.max(1, Math.floor(width / PITCH));
  const heights = useMemo(
    () => (wave && durationMs > 0 ? [...bars(wave, 0, durationMs, count)] : []),
    [wave, durationMs, count],
  );
  const frontier = over ? durationMs : (heard.at(-1)?.end_ms ?? 0);
  const share = durationMs > 0 ? Math.min(1, frontier / durationMs) : 0;
  const paths = { heard: "", running: "", later: "" };
  heights.forEach((height, index) => {
    const ms = ((index + 0.5) / count) * durationMs;
    const known = over || heard.some(({ start_ms, end_ms }) => ms >= start_ms && ms < end_ms);
    const half = Math.max(1, (height ** 0.75 * TALL) / 2);
    const bar = `M${index * PITCH + 1} ${(TALL / 2 - half).toFixed(1)}V${(TALL / 2 + half).toFixed(1)}`;
    paths[known ? "heard" : frontier > 0 && ms < frontier + WINDOW_MS ? "running" : "later"] += bar;
  });
  const segments = useMemo(() => segmentsOf(cues), [cues]);
  const order = useMemo(() => strands(segments).map(({ tag }) => tag), [segments]);
  const path = braidPath(simplify(segments, 60), order, {
    fromMs: 0,
    toMs: Math.max(1, frontier),
    width: width * share,
    rowHeight: ROW,
    curve: 22,
  });
  const many = order.length > 1;
  return (
    <div aria-hidden="true" className="mt-6">
      <div className={many ? "pl-22 lg:pl-26" : "lg:pl-26"}>
        <div ref={ref}>
          <svg
            aria-hidden="true"
            width={width}
            height={TALL + 12}
            className="block max-w-full overflow-visible"
            fill="none"
            strokeWidth="2"
          >
            {heights.length === 0 && <path d={`M0 ${TALL / 2}H${width}`} stroke="var(--line)" />}
            <path d={paths.heard} stroke="var(--accent)" />
            <path d={paths.running} stroke="var(--wave)" />
            <path d={paths.later} stroke="var(--line)" />
            {!over && frontier > 0 && (
              <>
                <path d={`M${share * width} 0V${TALL}`} stroke="var(--accent)" />
                <circle cx={share * width} cy={TALL + 4} r="4" fill="var(--accent)" stroke="none" />
              </>
            )}
          </svg>
        </div>
      </div>
      {many && (
        <div className="mt-2 flex">
          <ul className="w-22 shrink-0 pr-3 text-right text-14 text-ink-2 lg:w-26 lg:pr-4">
            {order.map((tag) => (
              <li key={tag} {...langOf(tag)} className="truncate leading-5">
                {ownName(tag)}
              </li>
            ))}
          </ul>
          <svg
            aria-hidden="true"
            width={width}
            height={order.length * ROW}
            className="block min-w-0"
            fill="none"
          >
            {order.map((tag, row) => (
              <path key={tag} d={`M0 ${(row + 0.5) * ROW}H${width}`} stroke="var(--line)" />
            ))}
            <path d={path} stroke="var(--accent)" strokeWidth="2" />
          </svg>
        </div>
      )}
    </div>
  );
}
