/** The round red button: play or pause, in three sizes. */
import type { ButtonHTMLAttributes } from "react";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  playing: boolean;
  label: string;
  size?: number;
  outline?: boolean;
};

export function PlayMark({ playing, size }: { playing: boolean; size: number }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} fill="currentColor" aria-hidden="true">
      {playing ? (
        <path d="M7 5.500h3.200v13H7zm6.800 0H17v13h-3.200z" />
      ) : (
        <path d="M7.500 4.800 19 12 7.500 19.200z" />
      )}
    </svg>
  );
}

export function PlayButton({
  playing,
  label,
  size = 52,
  outline = false,
  className = "",
  ...rest
}: Props) {
  const colours = outline
    ? "border border-accent text-accent hover:bg-paper-2"
    : "border border-accent bg-accent text-on-accent hover:opacity-90";
  return (
    <button
      type="button"
      aria-label={label}
      style={{ width: size, height: size }}
      className={`inline-flex shrink-0 items-center justify-center rounded-full ${colours} ${className}`}
      {...rest}
    >
      <PlayMark playing={playing} size={Math.round(size * 0.42)} />
    </button>
  );
}
