/** A labelled field with its note and its complaint, tied together for those who listen to the page. */
import { type InputHTMLAttributes, type ReactNode, useId } from "react";

export const FIELD =
  "w-full min-h-11 rounded-field border border-edge bg-paper px-4 py-2 text-16 text-ink focus:border-ink";

type Props = InputHTMLAttributes<HTMLInputElement> & {
  label: ReactNode;
  note?: ReactNode;
  complaint?: ReactNode;
};

export function Field({ label, note, complaint, className = "", ...rest }: Props) {
  const id = useId();
  const said = [note ? `${id}n` : "", complaint ? `${id}c` : ""].filter(Boolean).join(" ");
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block font-bold">
        {label}
      </label>
      <input
        id={id}
        className={FIELD}
        aria-invalid={complaint ? true : undefined}
        aria-describedby={said || undefined}
        {...rest}
      />
      {note && (
        <p id={`${id}n`} className="mt-1 text-14 text-ink-2">
          {note}
        </p>
      )}
      {complaint && (
        <p id={`${id}c`} className="mt-1 text-14 font-bold">
          {complaint}
        </p>
      )}
    </div>
  );
}
