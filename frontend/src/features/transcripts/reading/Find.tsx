/** Find inside the story: a field, where one is, and the way to the next. */

import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { type RefObject, useEffect, useRef, useState } from "react";
import { FIELD } from "@/shared/ui/Field";
import { Icon } from "@/shared/ui/Icon";

type Props = {
  q: string;
  onQ: (q: string) => void;
  count: number | undefined;
  at: number;
  onStep: (by: 1 | -1) => void;
  field: RefObject<HTMLInputElement | null>;
};

const STEP =
  "inline-flex size-11 items-center justify-center rounded-full border border-edge disabled:border-line disabled:text-ink-2";

export function Find({ q, onQ, count, at, onStep, field }: Props) {
  const { t } = useLingui();
  const [typed, setTyped] = useState(q);
  const composing = useRef(false);
  const timer = useRef(0);
  useEffect(() => setTyped(q), [q]);

  function later(value: string) {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onQ(value.trim()), 350);
  }

  return (
    <search className="flex flex-wrap items-center gap-2 print:hidden">
      <div className="relative min-w-0 flex-1 basis-40">
        <Icon name="search" size={18} className="pointer-events-none absolute left-3 top-3.5" />
        <input
          ref={field}
          type="search"
          value={typed}
          aria-label={t`Find in this story`}
          placeholder={t`Find in this story`}
          enterKeyHint="search"
          className={`${FIELD} pl-10!`}
          onCompositionStart={() => {
            composing.current = true;
          }}
          onCompositionEnd={(event) => {
            composing.current = false;
            later(event.currentTarget.value);
          }}
          onChange={(event) => {
            setTyped(event.target.value);
            if (!composing.current) later(event.target.value);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.nativeEvent.isComposing || event.keyCode === 229)
              return;
            if (typed.trim() !== q) onQ(typed.trim());
            else onStep(event.shiftKey ? -1 : 1);
          }}
        />
      </div>
      {q && (
        <div className="flex items-center gap-2">
          <p role="status" className="times min-w-14 text-14 text-ink-2">
            {count === undefined ? null : count === 0 ? (
              <Trans>Not found</Trans>
            ) : at < 0 ? (
              <Plural value={count} one="# place" other="# places" />
            ) : (
              <Trans>
                {at + 1} of {count}
              </Trans>
            )}
          </p>
          <button
            type="button"
            className={STEP}
            disabled={!count}
            aria-label={t`Previous place`}
            onClick={() => onStep(-1)}
          >
            <Icon name="up" />
          </button>
          <button
            type="button"
            className={STEP}
            disabled={!count}
            aria-label={t`Next place`}
            onClick={() => onStep(1)}
          >
            <Icon name="down" />
          </button>
        </div>
      )}
    </search>
  );
}
