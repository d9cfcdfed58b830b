/** The "?" after a word the machine was not sure of, and the sentence that says so. */

import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Fragment, type ReactNode, type RefObject, useEffect, useState } from "react";
import type { Cue } from "@/shared/api/contract";
import { unsureIn } from "./words";

const SAYS = "unsure-says";
const NOTE_PX = 288;

/** The words of a cue, a mark after each stretch that is unsure. The mark itself holds no text. */
export function WithDoubts({ cue }: { cue: Cue }): ReactNode {
  const { t } = useLingui();
  const stretches = unsureIn(cue);
  if (stretches.length === 0) return cue.text;
  let at = 0;
  return (
    <>
      {stretches.map(({ to }) => {
        const before = cue.text.slice(at, to);
        at = to;
        return (
          <Fragment key={to}>
            {before}
            {/* biome-ignore lint/a11y/useSemanticElements: a real button would cut the sentence in two for finding and copying. */}
            <span
              className="unsure"
              role="button"
              tabIndex={-1}
              aria-label={t`Unsure word`}
              aria-describedby={SAYS}
            />
          </Fragment>
        );
      })}
      {cue.text.slice(at)}
    </>
  );
}

/** Steps from mark to mark in the order of the words; wherever the focus is, the next one is taken. */
export function nextUnsure(root: Element, from: Element, by: 1 | -1): HTMLElement | null {
  const wanted = by > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  const marks = [...root.querySelectorAll<HTMLElement>(".unsure")];
  if (by < 0) marks.reverse();
  return marks.find((mark) => from.compareDocumentPosition(mark) & wanted) ?? null;
}

/** The sentence, beside the mark that has the focus or the pointer; Escape sends it away. */
export function UnsureNote({
  root,
  count,
}: {
  root: RefObject<HTMLElement | null>;
  count: number;
}) {
  const [at, setAt] = useState<{ left: number; top: number } | null>(null);
  useEffect(() => {
    const box = root.current;
    if (!box) return;
    const inside = (event: Event, what: string) =>
      event.target instanceof Element ? event.target.closest(what) : null;
    const hide = () => setAt(null);
    const look = (event: Event) => {
      const mark = inside(event, ".unsure");
      if (!mark) {
        if (!inside(event, `#${SAYS}`) && !document.activeElement?.matches(".unsure")) hide();
        return;
      }
      const here = mark.getBoundingClientRect();
      const frame = box.getBoundingClientRect();
      const left = here.left - frame.left - NOTE_PX / 2;
      setAt({
        left: Math.max(0, Math.min(left, frame.width - NOTE_PX)),
        top: here.bottom - frame.top + 8,
      });
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") hide();
    };
    const events = ["focusin", "pointerover", "click"];
    for (const name of events) box.addEventListener(name, look);
    box.addEventListener("focusout", hide);
    box.addEventListener("pointerleave", look);
    document.addEventListener("keydown", key);
    return () => {
      for (const name of events) box.removeEventListener(name, look);
      box.removeEventListener("focusout", hide);
      box.removeEventListener("pointerleave", look);
      document.removeEventListener("keydown", key);
    };
  }, [root]);
  if (count === 0) return null;
  return (
    <>
      <p
        id={SAYS}
        role="tooltip"
        hidden={!at}
        style={at ?? undefined}
        className="absolute z-10 w-max max-w-72 text-balance border border-ink bg-paper px-3 py-2 text-14 text-ink print:hidden"
      >
        <Trans>The transcriber was not sure of this word.</Trans>
      </p>
      <p className="hidden text-14 print:block">
        <Plural
          value={count}
          one="? The transcriber was not sure of the word before this mark."
          other="? The transcriber was not sure of the words before these marks."
        />
      </p>
    </>
  );
}
