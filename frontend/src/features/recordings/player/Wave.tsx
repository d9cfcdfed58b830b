/** The sound as a picture over a real slider: the picture is for the eye, the slider for everybody. */

import { useLingui } from "@lingui/react/macro";
import { useEffect, useRef } from "react";
import { clock } from "@/shared/lib/time";
import { onColours } from "@/shared/ui/colours";
import { painter } from "./draw-wave";
import { onTime, snapshot } from "./engine";
import type { Waveform } from "./waveform";

type Props = {
  wave: Waveform | undefined;
  recordingId: string;
  fromMs: number;
  toMs: number;
  onSeek: (ms: number) => void;
  label: string;
  gaps?: readonly { start_ms: number; end_ms: number }[];
  className?: string;
};

const NO_GAPS: Props["gaps"] = [];

export function Wave({
  wave,
  recordingId,
  fromMs,
  toMs,
  onSeek,
  label,
  gaps = NO_GAPS,
  className = "h-16",
}: Props) {
  const { t } = useLingui();
  const canvas = useRef<HTMLCanvasElement>(null);
  const slider = useRef<HTMLInputElement>(null);
  const said = useRef((_ms: number): string => "");
  said.current = (ms) => t`${clock(ms)} of ${clock(toMs)}`;

  useEffect(() => {
    const [picture, input] = [canvas.current, slider.current];
    if (!picture || !input) return;
    const { measure, paint } = painter(picture, { wave, fromMs, toMs, gaps: gaps ?? [] });
    let shown = Number.NaN;
    let headed = false;
    const show = (engineMs: number) => {
      const mine = snapshot().sound?.recordingId === recordingId;
      const ms = Math.min(toMs, Math.max(fromMs, mine ? engineMs : fromMs));
      const was = headed;
      headed = mine;
      const step = (toMs - fromMs) / Math.max(1, picture.clientWidth * 2);
      if (Math.abs(ms - shown) < step && headed === was) return;
      shown = ms;
      paint(ms, mine);
      input.value = String(Math.round(ms));
      const words = said.current(ms);
      if (input.getAttribute("aria-valuetext") !== words)
        input.setAttribute("aria-valuetext", words);
    };
    const again = () => {
      measure();
      const now = shown;
      shown = Number.NaN;
      paint(Number.isNaN(now) ? fromMs : now, headed);
      shown = now;
    };
    measure();
    const stop = onTime(show);
    const size = new ResizeObserver(again);
    size.observe(picture);
    const coloured = onColours(again);
    return () => {
      stop();
      size.disconnect();
      coloured();
    };
  }, [wave, recordingId, fromMs, toMs, gaps]);

  return (
    <div
      className={`relative min-w-0 has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent ${className}`}
    >
      <canvas ref={canvas} aria-hidden="true" className="absolute inset-0 h-full w-full" />
      <input
        ref={slider}
        type="range"
        aria-label={label}
        min={fromMs}
        max={toMs}
        step={100}
        defaultValue={fromMs}
        aria-valuetext={said.current(fromMs)}
        onChange={(event) => onSeek(Number(event.target.value))}
        onKeyDown={(event) => {
          const move = { ArrowLeft: -5000, ArrowDown: -5000, ArrowRight: 5000, ArrowUp: 5000 }[
            event.key
          ];
          if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          onSeek(Math.min(toMs, Math.max(fromMs, Number(event.currentTarget.value) + move)));
        }}
        className="absolute inset-x-0 -inset-y-1 m-0 h-auto w-full cursor-pointer opacity-0"
      />
    </div>
  );
}
