import { expect, test } from "vitest";
import { bars, parseWaveform } from "./waveform";

function dat(version: number, channels: number, eight: boolean, values: number[]): ArrayBuffer {
  const head = version === 2 ? 24 : 20;
  const width = eight ? 1 : 2;
  const view = new DataView(new ArrayBuffer(head + values.length * width));
  [version, eight ? 1 : 0, 16_000, 800, values.length / 2 / channels, channels]
    .slice(0, head / 4)
    .forEach((value, i) => {
      view.setInt32(i * 4, value, true);
    });
  values.forEach((value, i) => {
    if (eight) view.setInt8(head + i, value);
    else view.setInt16(head + i * 2, value, true);
  });
  return view.buffer as ArrayBuffer;
}

test("both versions and both widths are read; the loudest pixel is 1", () => {
  const two = parseWaveform(dat(2, 2, false, [-10, 5, -400, 3, -100, 200, 0, 0]));
  expect(two.perSecond).toBe(20);
  expect([...two.peaks]).toEqual([1, 0.5]);
  expect([...parseWaveform(dat(1, 1, true, [-128, 3, -64, 2])).peaks]).toEqual([1, 0.5]);
});

test("a file cut short gives the pixels it has, another file is refused", () => {
  expect(parseWaveform(dat(2, 1, false, [-1, 1, -2, 2]).slice(0, 28)).peaks.length).toBe(1);
  expect(() => parseWaveform(new ArrayBuffer(24))).toThrow(RangeError);
});

test("bars keep the peak of what they cover and are silent beyond the end", () => {
  const wave = { perSecond: 20, peaks: Float32Array.from([0, 0.25, 1, 0]) };
  expect([...bars(wave, 0, 200, 2)]).toEqual([0.25, 1]);
  expect([...bars(wave, 150, 400, 2)]).toEqual([0, 0]);
});
