/** What counts as heard while lines arrive out of order. */
import { expect, it } from "vitest";
import { covered, stretches } from "./heard";

const span = (start_ms: number, end_ms: number) => ({ start_ms, end_ms });

it("joins what overlaps or is parted by a short pause, whatever the order of arrival", () => {
  const heard = stretches([span(9000, 12_000), span(1000, 3000), span(2000, 6000)], 4000);
  expect(heard).toEqual([span(0, 12_000)]);
  expect(covered(heard)).toBe(12_000);
});

it("leaves open what lies between windows that came back apart", () => {
  const heard = stretches([span(141_000, 142_000), span(23_000, 30_000)]);
  expect(heard).toEqual([span(23_000, 30_000), span(141_000, 142_000)]);
  expect(covered(heard)).toBe(8000);
});
