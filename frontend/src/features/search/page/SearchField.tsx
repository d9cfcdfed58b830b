/** The search field: words in any script, suggestions while typing, never inside a composition. */

import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";
import { Icon } from "@/shared/ui/Icon";
import { suggestQuery } from "../queries";

type Props = { q: string; onAsk: (q: string) => void };

export function SearchField({ q, onAsk }: Props) {
  const { t } = useLingui();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const composing = useRef(false);
  const [typed, setTyped] = useState(q);
  const [settled, setSettled] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  useEffect(() => setTyped(q), [q]);

  // Suggestions are asked for when the typing rests.
  useEffect(() => {
    const timer = setTimeout(() => setSettled(open ? typed.trim() : ""), 150);
    return () => clearTimeout(timer);
  }, [typed, open]);
  const { data } = useQuery(suggestQuery(settled));
  const items =
    open && settled ? (data?.items ?? []).filter((item) => item !== typed.trim()).slice(0, 7) : [];

  function ask(words: string) {
    setTyped(words);
    setOpen(false);
    setAt(-1);
    onAsk(words.trim());
  }

  return (
    <search>
      <form
        className="relative"
        onSubmit={(event) => {
          event.preventDefault();
          if (!composing.current) ask(items[at] ?? typed);
        }}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
        }}
      >
        <Icon name="search" size={22} className="pointer-events-none absolute left-5 top-5.5" />
        <input
          ref={field}
          name="q"
          // biome-ignore lint/a11y/noAutofocus: an empty search page has nothing else to do.
          autoFocus={!q}
          value={typed}
          autoComplete="off"
          enterKeyHint="search"
          role="combobox"
          aria-label={t`Search for a word that was said`}
          aria-expanded={items.length > 0}
          aria-controls={`${id}l`}
          aria-autocomplete="list"
          aria-activedescendant={at >= 0 ? `${id}${at}` : undefined}
          placeholder="Nguyen, 阮, なかむら…"
          className="h-16 w-full rounded-field border border-ink bg-paper pl-14 pr-14 text-20 lg:text-24"
          onCompositionStart={() => {
            composing.current = true;
          }}
          onCompositionEnd={() => {
            // Safari ends the composition before the key that ended it: let that key pass first.
            setTimeout(() => {
              composing.current = false;
            }, 0);
          }}
          onChange={(event) => {
            setTyped(event.target.value);
            setOpen(true);
            setAt(-1);
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing || composing.current || event.keyCode === 229) return;
            if (event.key === "Escape" && open) {
              event.preventDefault();
              setOpen(false);
              setAt(-1);
            }
            if (items.length === 0 || !/^Arrow(Up|Down)$/.test(event.key)) return;
            event.preventDefault();
            const by = event.key === "ArrowDown" ? 1 : -1;
            setAt(at + by < -1 ? items.length - 1 : at + by >= items.length ? -1 : at + by);
          }}
        />
        {typed && (
          <button
            type="button"
            aria-label={t`Clear the field`}
            className="absolute right-2.5 top-2.5 inline-flex size-11 items-center justify-center"
            onClick={() => {
              ask("");
              field.current?.focus();
            }}
          >
            <Icon name="cross" />
          </button>
        )}
        <ul
          id={`${id}l`}
          role="listbox"
          aria-label={t`Words that were said`}
          hidden={items.length === 0}
          className="absolute inset-x-0 top-full z-10 border border-t-0 border-ink bg-paper"
        >
          {items.map((item, i) => (
            <li
              key={item}
              id={`${id}${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === at}
              className={`flex min-h-11 cursor-pointer items-center px-14 text-18 ${i === at ? "bg-paper-2 font-bold" : ""}`}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => ask(item)}
              onKeyDown={() => {}}
            >
              {item}
            </li>
          ))}
        </ul>
      </form>
    </search>
  );
}
