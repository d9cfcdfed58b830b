/** The transcript beside the sound: lit, followed, found in. */

import { Trans } from "@lingui/react/macro";
import {
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
} from "react";
import { play, type Sound, snapshot } from "@/features/recordings/player/engine";
import { usePlayer } from "@/features/recordings/player/usePlayer";
import { mark, rangeIn, unmark } from "@/features/transcripts/reading/highlight";
import { Turns } from "@/features/transcripts/reading/Turns";
import { type Line, lineNear, turnsOf } from "@/features/transcripts/reading/turns";
import { nextUnsure, UnsureNote } from "@/features/transcripts/reading/Unsure";
import { type Cover, useFollow } from "@/features/transcripts/reading/useFollow";
import { lineElement, useSpoken } from "@/features/transcripts/reading/useSpoken";
import { type Found, foundWords, unsureIn } from "@/features/transcripts/reading/words";
import type { Span } from "@/shared/api/contract";
import { clock } from "@/shared/lib/time";

export type ReadingHandle = { back: () => void; show: (span: Span) => void };
type Props = {
  lines: readonly Line[];
  recordingId: string;
  /** Null where it cannot be heard, or not yet: the words are there all the same. */
  sound: Sound | null;
  cover: RefObject<Cover>;
  found: readonly Found[];
  here: Found | null;
  arriveAt: number;
  handle: RefObject<ReadingHandle | null>;
};

/** The turn's button before or after an element of the transcript. */
function nextTurn(root: Element, from: Element, by: 1 | -1): HTMLElement | undefined {
  const wanted = by > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  const all = [...root.querySelectorAll<HTMLElement>(".turn-time")];
  if (by < 0) all.reverse();
  return all.find((one) => from.compareDocumentPosition(one) & wanted);
}

export function Reading({
  lines,
  recordingId,
  sound,
  cover,
  found,
  here,
  arriveAt,
  handle,
}: Props) {
  const root = useRef<HTMLDivElement>(null);
  const current = useRef<HTMLElement | null>(null);
  const { state, bring, back } = useFollow(current, () => cover.current);
  const turns = useMemo(() => turnsOf(lines), [lines]);
  const doubts = useMemo(
    () =>
      lines.reduce((sum, line) => sum + (line.kind === "cue" ? unsureIn(line.cue).length : 0), 0),
    [lines],
  );
  const second = usePlayer((player) => player.second);

  useSpoken(root, lines, recordingId, (element) => {
    if (element) current.current = element;
    if (element && snapshot().playing) bring(false);
  });

  // Somebody sent a link to this second: its line is brought onto the screen once.
  const arrived = useRef(false);
  useEffect(() => {
    if (arrived.current || lines.length === 0) return;
    arrived.current = true;
    if (arriveAt <= 0) return;
    current.current = lineElement(root.current, lineNear(lines, arriveAt));
    back();
  }, [lines, arriveAt, back]);

  useEffect(() => {
    const ranges = lines.flatMap((line, index) => {
      if (line.kind !== "cue") return [];
      const unsure = unsureIn(line.cue);
      if (unsure.length === 0) return [];
      const element = lineElement(root.current, index);
      return unsure.flatMap(({ from, to }) => rangeIn(element, from, to) ?? []);
    });
    mark("unsure", ranges);
    return () => unmark("unsure");
  }, [lines]);

  useEffect(() => {
    const ranges = (span: Found) =>
      lines.flatMap((line, index) => {
        if (line.kind !== "cue" || line.end_ms < span.start_ms || line.start_ms > span.end_ms)
          return [];
        const element = lineElement(root.current, index);
        return foundWords(line.cue, span).flatMap(
          (word) => rangeIn(element, word.from, word.to) ?? [],
        );
      });
    mark("found", found.flatMap(ranges));
    if (here) mark("found-here", ranges(here));
    return () => unmark("found", "found-here");
  }, [lines, found, here]);

  useImperativeHandle(handle, () => ({
    back,
    show: (span) => {
      current.current = lineElement(root.current, lineNear(lines, span.start_ms));
      back();
    },
  }));

  function start(index: number) {
    const line = lines[index];
    if (!line || !sound) return;
    current.current = lineElement(root.current, index);
    play(sound, line.start_ms);
    back();
  }

  function click(event: MouseEvent) {
    const target = event.target instanceof Element ? event.target : null;
    const doubt = target?.closest<HTMLElement>(".unsure");
    if (doubt) return doubt.focus({ preventScroll: true });
    const button = target?.closest<HTMLElement>("[data-start]");
    if (button) return start(Number(button.dataset.start));
    const line = target?.closest<HTMLElement>("[data-line]");
    if (line && getSelection()?.isCollapsed !== false) start(Number(line.dataset.line));
  }

  /** One Tab stop for the whole transcript; the arrows go from turn to turn, with Alt from doubt to doubt. */
  function key(event: KeyboardEvent) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key] as 1 | -1 | undefined;
    const from = event.target instanceof HTMLElement ? event.target : null;
    if (!by || !root.current || !from?.matches(".turn-time, .unsure")) return;
    const next = event.altKey
      ? nextUnsure(root.current, from, by)
      : nextTurn(root.current, from, by);
    if (!next) return;
    event.preventDefault();
    from.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a click on a line is a shortcut; the turn's button does the same by key. */}
      <div ref={root} className="reading" onClick={click} onKeyDown={key}>
        <Turns turns={turns} />
        <UnsureNote root={root} count={doubts} />
      </div>
      {state.away && !state.following && second > 0 && (
        <div className="pointer-events-none fixed inset-x-0 bottom-[calc(var(--foot,0px)+1rem)] z-10 flex justify-center print:hidden max-lg:bottom-25">
          <button
            type="button"
            className="times pointer-events-auto min-h-11 rounded-full border-[1.5px] border-ink bg-paper px-6 font-bold"
            onClick={back}
          >
            <Trans>Back to {clock(second * 1000)}</Trans>
          </button>
        </div>
      )}
    </>
  );
}
