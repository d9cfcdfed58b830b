/** Line drawings of 20 px, drawn in the colour of the words beside them. */
import type { SVGProps } from "react";

const PATHS = {
  search: "M8.5 14a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Zm4-1.5L17 17",
  arrow: "M3.5 10h13m-4.5-4.5L16.5 10 12 14.5",
  down: "m5.5 8 4.5 4.5L14.5 8",
  cross: "m5 5 10 10M15 5 5 15",
  menu: "M3 7h14M3 13h14",
  check: "m4 10.5 4 4 8-9",
  ask: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15Zm-2-9.3c.2-1.2 1-1.8 2.1-1.8 1.2 0 2 .7 2 1.7 0 1.6-2 1.6-2 3.2m0 2v.4",
  copy: "M7 7h9v9H7zM4 13V4h9",
  link: "M8.5 11.5 11.5 8.5M9 6.5l1.8-1.8a3.2 3.2 0 0 1 4.5 4.5L13.5 11M11 13.500l-1.800 1.800a3.2 3.2 0 0 1-4.500-4.500L6.500 9",
  filter: "M3 6h14M5.500 10h9M8 14h4",
  lock: "M5 9h10v8H5zm2 0V6.500a3 3 0 0 1 6 0V9",
  up: "m5.5 12 4.500-4.500 4.500 4.500",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({
  name,
  size = 20,
  ...rest
}: { name: IconName; size?: number } & SVGProps<SVGSVGElement>) {
  return (
    <svg
      viewBox="0 0 20 20"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="square"
      aria-hidden="true"
      focusable="false"
      {...rest}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
