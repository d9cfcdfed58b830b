/** The braid of languages, drawn; the languages stand as text beside it, so it is hidden from listeners. */

import { useEffect, useMemo, useRef } from "react";
import type { Segment } from "@/shared/api/contract";
import { langOf, ownName } from "@/shared/lib/languages";
import { braidPath, simplify, strands } from "./braid";
import { onTime, snapshot } from "./engine";

type Props = {
  segments: readonly Segment[];
  fromMs: number;
  toMs: number;
  /** With it, the heard part of the line turns red. */
  recordingId?: string;
  rowHeight?: number;
  labels?: boolean;
  most?: number;
  /** Moments to mark under the braid, in ms. */
  ticks?: readonly number[];
  className?: string;
};

const UNITS = 1000;

export function Braid({
  segments,
  fromMs,
  toMs,
  recordingId,
  rowHeight = 9,
  labels = false,
  most = 14,
  ticks,
  className = "",
}: Props) {
  const line = useRef<SVGSVGElement>(null);
  const { rows, path } = useMemo(() => {
    const inside = segments.filter((segment) => segment.end_ms > fromMs && segment.start_ms < toMs);
    const order = strands(inside).map(({ tag }) => tag);
    const box = { fromMs, toMs, width: UNITS, rowHeight, curve: labels ? 44 : 70 };
    return { rows: order, path: braidPath(simplify(inside, most), order, box) };
  }, [segments, fromMs, toMs, rowHeight, labels, most]);

  useEffect(() => {
    if (!recordingId) return;
    return onTime((ms) => {
      const mine = snapshot().sound?.recordingId === recordingId;
      const share = mine ? Math.min(1, Math.max(0, (ms - fromMs) / Math.max(1, toMs - fromMs))) : 0;
      line.current?.style.setProperty("--rest", `${((1 - share) * 100).toFixed(2)}%`);
    });
  }, [recordingId, fromMs, toMs]);

  if (rows.length < 2 && !ticks) return null;
  const many = rows.length > 1;
  const tall = many ? rows.length * rowHeight : 0;
  return (
    <div aria-hidden="true" className={`flex gap-x-6 max-lg:gap-x-3 ${className}`}>
      {labels && many && (
        <ul className="w-26 shrink-0 text-right text-14 text-ink-2 max-lg:w-20">
          {rows.map((tag) => (
            <li
              key={tag}
              {...langOf(tag)}
              style={{ height: rowHeight, lineHeight: `${rowHeight}px` }}
              className="truncate"
            >
              {ownName(tag)}
            </li>
          ))}
        </ul>
      )}
      <svg
        ref={line}
        aria-hidden="true"
        viewBox={`0 0 ${UNITS} ${tall + (ticks ? 14 : 0)}`}
        preserveAspectRatio="none"
        className="w-full min-w-0 overflow-visible"
        style={{ height: tall + (ticks ? 14 : 0) }}
        fill="none"
      >
        {many &&
          rows.map((tag, row) => (
            <path
              key={tag}
              d={`M0 ${(row + 0.5) * rowHeight}H${UNITS}`}
              stroke="var(--line)"
              vectorEffect="non-scaling-stroke"
            />
          ))}
        {many && (
          <path
            d={path}
            stroke={recordingId ? "var(--edge)" : "var(--ink-2)"}
            strokeWidth="2"
            vectorEffect="non-scaling-stroke"
          />
        )}
        {many && recordingId && (
          <path
            d={path}
            stroke="var(--accent)"
            strokeWidth="2.5"
            vectorEffect="non-scaling-stroke"
            style={
              {
                clipPath: "inset(-4px var(--rest, 100%) -4px -4px)",
                transformBox: "view-box",
              } as React.CSSProperties
            }
          />
        )}
        {!many && (
          <path
            d={`M0 ${tall + 8.5}H${UNITS}`}
            stroke="var(--line)"
            vectorEffect="non-scaling-stroke"
          />
        )}
        {ticks?.map((ms) => {
          const x = ((ms - fromMs) / Math.max(1, toMs - fromMs)) * UNITS;
          return (
            <path
              key={ms}
              d={`M${x} ${tall + 4}v9`}
              stroke="var(--accent)"
              strokeWidth="2"
              vectorEffect="non-scaling-stroke"
            />
          );
        })}
      </svg>
    </div>
  );
}
