/** Draws a sound as bars: the heard part red, the rest in the colour of unheard sound. */
import { bars, type Waveform } from "./waveform";

const PITCH = 4;
const BAR = 2;
/** Room under the bars for the dot of the playhead. */
const FOOT = 8;

export type View = {
  wave: Waveform | undefined;
  fromMs: number;
  toMs: number;
  gaps: readonly { start_ms: number; end_ms: number }[];
};

/** A painter for one canvas; it keeps the bars until the view or the width changes. */
export function painter(canvas: HTMLCanvasElement, view: View) {
  let heights = new Float32Array(0);
  let width = 0;
  let height = 0;
  let colours = { accent: "", wave: "", line: "" };

  function measure(): void {
    const ratio = window.devicePixelRatio || 1;
    width = canvas.clientWidth;
    height = canvas.clientHeight;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.getContext("2d")?.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(canvas);
    const read = (name: string) => style.getPropertyValue(name).trim();
    colours = { accent: read("--accent"), wave: read("--wave"), line: read("--edge") };
    const count = Math.max(1, Math.floor(width / PITCH));
    heights = view.wave
      ? (bars(view.wave, view.fromMs, view.toMs, count) as typeof heights)
      : new Float32Array(0);
  }

  /** `headed`: the playhead is drawn; without it nothing of this sound has been played. */
  function paint(ms: number, headed: boolean): void {
    const context = canvas.getContext("2d");
    if (!context || width === 0) return;
    const body = height - FOOT;
    const head = ((ms - view.fromMs) / Math.max(1, view.toMs - view.fromMs)) * width;
    context.clearRect(0, 0, width, height);
    if (heights.length === 0) {
      context.fillStyle = colours.line;
      context.fillRect(0, body / 2, width, 1);
    }
    for (let i = 0; i < heights.length; i += 1) {
      const x = i * PITCH;
      const tall = Math.max(2, (heights[i] ?? 0) ** 0.75 * body);
      context.fillStyle = x < head ? colours.accent : colours.wave;
      context.fillRect(x, (body - tall) / 2, BAR, tall);
    }
    for (const gap of view.gaps) hatch(context, gap, body);
    if (!headed || head < 0 || head > width) return;
    const at = Math.min(width - 1, Math.max(1, head));
    context.fillStyle = colours.accent;
    context.fillRect(at - 1, 0, 2, body);
    context.beginPath();
    context.arc(Math.min(width - 4, Math.max(4, at)), body + 3, 4, 0, 7);
    context.fill();
  }

  function hatch(context: CanvasRenderingContext2D, gap: View["gaps"][number], body: number): void {
    const scale = width / Math.max(1, view.toMs - view.fromMs);
    const x = (gap.start_ms - view.fromMs) * scale;
    const wide = Math.max(3, (gap.end_ms - gap.start_ms) * scale);
    context.save();
    context.beginPath();
    context.rect(x, 4, wide, body - 8);
    context.clip();
    context.strokeStyle = colours.line;
    for (let line = -body; line < wide; line += 5) {
      context.beginPath();
      context.moveTo(x + line, body);
      context.lineTo(x + line + body, 0);
      context.stroke();
    }
    context.restore();
  }

  return { measure, paint };
}
