/** Buttons and links that look like them: one main one in red, the others outlined. */
import type { ButtonHTMLAttributes } from "react";

export const PLAIN =
  "inline-flex min-h-11 items-center justify-center gap-2 rounded-full border border-edge px-5 py-2 font-bold text-ink no-underline hover:border-ink disabled:text-ink-2 disabled:border-line disabled:cursor-default";
export const MAIN =
  "inline-flex min-h-11 items-center justify-center gap-2 rounded-full border border-accent bg-accent px-6 py-2 font-bold text-on-accent no-underline hover:opacity-90 disabled:border-edge disabled:bg-paper-2 disabled:text-ink-2 disabled:opacity-100 disabled:cursor-default";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { main?: boolean };

export function Button({ main = false, className = "", type = "button", ...rest }: Props) {
  return <button type={type} className={`${main ? MAIN : PLAIN} ${className}`} {...rest} />;
}
