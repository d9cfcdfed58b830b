/** Reads audiowaveform's .dat files, versions 1 and 2, into one loudness per pixel. */

export type Waveform = { perSecond: number; peaks: Float32Array };

/**
 * Peaks from 0 to 1, loudest channel of each pixel, scaled so that the loudest pixel is 1.
 * Format: https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md
 * Throws RangeError on a file that is not one.
 */
export function parseWaveform(buffer: ArrayBuffer): Waveform {
  const view = new DataView(buffer);
  const version = view.getInt32(0, true);
  if (version !== 1 && version !== 2) throw new RangeError(`waveform version ${version}`);
  const eightBit = (view.getUint32(4, true) & 1) === 1;
  const rate = view.getInt32(8, true);
  const perPixel = view.getInt32(12, true);
  const length = view.getUint32(16, true);
  const channels = version === 2 ? view.getInt32(20, true) : 1;
  const head = version === 2 ? 24 : 20;
  const width = eightBit ? 1 : 2;
  const full = Math.floor((buffer.byteLength - head) / (2 * channels * width));
  const count = Math.min(length, full);
  const peaks = new Float32Array(count);
  let loudest = 0;
  for (let pixel = 0; pixel < count; pixel += 1) {
    let peak = 0;
    for (let value = 0; value < channels * 2; value += 1) {
      const at = head + (pixel * channels * 2 + value) * width;
      peak = Math.max(peak, Math.abs(eightBit ? view.getInt8(at) : view.getInt16(at, true)));
    }
    peaks[pixel] = peak;
    loudest = Math.max(loudest, peak);
  }
  if (loudest > 0) for (let i = 0; i < count; i += 1) peaks[i] = (peaks[i] ?? 0) / loudest;
  return { perSecond: rate / perPixel, peaks };
}

/** `bars` heights between two times; the peak of what falls into each bar, 0 beyond the sound. */
export function bars(wave: Waveform, fromMs: number, toMs: number, count: number): Float32Array {
  const out = new Float32Array(count);
  const first = (fromMs / 1000) * wave.perSecond;
  const step = (((toMs - fromMs) / 1000) * wave.perSecond) / count;
  for (let bar = 0; bar < count; bar += 1) {
    const start = Math.floor(first + bar * step);
    const end = Math.max(start + 1, Math.floor(first + (bar + 1) * step));
    let peak = 0;
    for (let i = start; i < end; i += 1) peak = Math.max(peak, wave.peaks[i] ?? 0);
    out[bar] = peak;
  }
  return out;
}
