/** The wave while it is being listened to: heard, being heard, not yet; and the braid that grows. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { braidPath, simplify, strands } from "@/features/recordings/player/braid";
import { waveformQuery } from "@/features/recordings/player/queries";
import { bars } from "@/features/recordings/player/waveform";
import type { Cue, Segment } from "@/shared/api/contract";
import { langOf, ownName } from "@/shared/lib/languages";

const BARS = 158;
const TALL = 56;
const ROW = 20;
/** A transcription window holds up to 20 s, so this much is being heard now. */
const WINDOW_MS = 20_000;

type Props = {
  url: string | null;
  cues: readonly Cue[];
  heardMs: number;
  durationMs: number;
  over: boolean;
};

export function segmentsOf(cues: readonly Cue[]): Segment[] {
  return cues
    .filter(({ language }) => language !== null && language !== "und")
    .map(({ language, start_ms, end_ms }) => ({ tag: language ?? "", start_ms, end_ms }));
}

export function LiveWave({ url, cues, heardMs, durationMs, over }: Props) {
  const { data: wave } = useQuery(waveformQuery(url));
  const heights = useMemo(
    () => (wave && durationMs > 0 ? [...bars(wave, 0, durationMs, BARS)] : []),
    [wave, durationMs],
  );
  const share = durationMs > 0 ? Math.min(1, heardMs / durationMs) : 0;
  const until = over ? share : Math.min(1, (heardMs + WINDOW_MS) / Math.max(1, durationMs));
  const part = (from: number, to: number) =>
    heights
      .map((height, index) => ({ at: (index + 0.5) / BARS, x: index * 4 + 2, height }))
      .filter(({ at }) => at >= from && at < to)
      .map(({ x, height }) => {
        const half = Math.max(1, (height ** 0.75 * TALL) / 2);
        return `M${x} ${(TALL / 2 - half).toFixed(1)}V${(TALL / 2 + half).toFixed(1)}`;
      })
      .join("");
  const segments = useMemo(() => segmentsOf(cues), [cues]);
  const order = useMemo(() => strands(segments).map(({ tag }) => tag), [segments]);
  const width = BARS * 4;
  const many = order.length > 1;
  return (
    <div aria-hidden="true" className="mt-6">
      <div className="lg:pl-26">
        <svg
          aria-hidden="true"
          viewBox={`0 0 ${width} ${TALL + 10}`}
          preserveAspectRatio="none"
          className="block h-16 w-full overflow-visible"
          fill="none"
          strokeWidth="2"
        >
          {heights.length === 0 && <path d={`M0 ${TALL / 2}H${width}`} stroke="var(--line)" />}
          <path d={part(0, share)} stroke="var(--accent)" />
          <path d={part(share, until)} stroke="var(--wave)" />
          <path d={part(until, 2)} stroke="var(--line)" />
          {!over && durationMs > 0 && (
            <path
              d={`M${share * width} 0V${TALL + 4}`}
              stroke="var(--accent)"
              vectorEffect="non-scaling-stroke"
            />
          )}
        </svg>
      </div>
      {many && (
        <div className="mt-2 flex">
          <ul className="w-26 shrink-0 pr-4 text-right text-14 text-ink-2 max-lg:w-22">
            {order.map((tag) => (
              <li key={tag} {...langOf(tag)} className="truncate leading-5">
                {ownName(tag)}
              </li>
            ))}
          </ul>
          <svg
            aria-hidden="true"
            viewBox={`0 0 ${width} ${order.length * ROW}`}
            preserveAspectRatio="none"
            className="min-w-0 flex-1"
            style={{ height: order.length * ROW }}
            fill="none"
          >
            {order.map((tag, row) => (
              <path
                key={tag}
                d={`M0 ${(row + 0.5) * ROW}H${width}`}
                stroke="var(--line)"
                vectorEffect="non-scaling-stroke"
              />
            ))}
            <path
              d={braidPath(simplify(segments, 60), order, {
                fromMs: 0,
                toMs: Math.max(1, heardMs),
                width: width * share,
                rowHeight: ROW,
                curve: 22,
              })}
              stroke="var(--accent)"
              strokeWidth="2"
              vectorEffect="non-scaling-stroke"
            />
          </svg>
        </div>
      )}
    </div>
  );
}
