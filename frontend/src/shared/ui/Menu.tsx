/** A button that opens a short list under it; Escape and a click elsewhere close it. */
import { type ReactNode, useEffect, useId, useRef, useState } from "react";

type Props = {
  label: ReactNode;
  name?: string;
  children: (close: () => void) => ReactNode;
  className?: string;
};

export function Menu({ label, name, children, className = "" }: Props) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    const onEscape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    document.addEventListener("keydown", onEscape);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      document.removeEventListener("keydown", onEscape);
    };
  }, [open]);

  return (
    <div ref={box} className={`relative ${className}`}>
      <button
        ref={button}
        type="button"
        aria-expanded={open}
        aria-controls={id}
        aria-label={name}
        className="inline-flex min-h-11 min-w-11 items-center justify-center gap-1.5 px-2"
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      <div
        id={id}
        hidden={!open}
        className="absolute right-0 top-full z-30 min-w-48 border border-edge bg-paper py-2"
      >
        {open && children(() => setOpen(false))}
      </div>
    </div>
  );
}

export const MENU_ITEM =
  "flex min-h-11 w-full items-center justify-between gap-4 px-4 text-left no-underline text-ink hover:bg-paper-2";
