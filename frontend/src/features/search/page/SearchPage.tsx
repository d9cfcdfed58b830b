/** Search: what was counted, why, and one card a story; everything asked stands in the address. */

import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import type { SearchAnswer } from "@/shared/api/contract";
import { Problem } from "@/shared/api/problem";
import { usePageTitle } from "@/shared/lib/usePageTitle";
import { useWide } from "@/shared/lib/useWide";
import { Button } from "@/shared/ui/Button";
import { Icon } from "@/shared/ui/Icon";
import { FACETS, type Facet, type SearchAsk, searchQuery } from "../queries";
import { Card } from "./Card";
import { FacetName, Facets } from "./Facets";
import { Nothing } from "./Nothing";
import { SearchField } from "./SearchField";
import { alsoFound } from "./spellings";

const CHIP =
  "inline-flex min-h-11 shrink-0 items-center gap-2 rounded-full border px-4 whitespace-nowrap";

function Counted({ answer }: { answer: SearchAnswer }) {
  return (
    <Trans>
      <Plural value={answer.total_moments} one="# moment" other="# moments" /> in{" "}
      <Plural value={answer.total_stories} one="# story" other="# stories" />
    </Trans>
  );
}

export function SearchPage({ ask }: { ask: SearchAsk }) {
  const { t } = useLingui();
  const navigate = useNavigate({ from: "/search" });
  const wide = useWide();
  const sheet = useRef<HTMLDialogElement>(null);
  const q = ask.q ?? "";
  usePageTitle(q ? t`Search: ${q}` : t`Search`);
  const { data: answer, error, isFetching } = useQuery(searchQuery(ask));
  const page = Number(ask.page ?? 1);

  const go = (next: Partial<SearchAsk>, keepPage = false) =>
    void navigate({
      search: (old) => {
        const merged: Record<string, unknown> = { ...old, ...next };
        if (!keepPage) delete merged.page;
        for (const [key, value] of Object.entries(merged))
          if (value === undefined || value === "" || (Array.isArray(value) && value.length === 0))
            delete merged[key];
        return merged;
      },
      resetScroll: keepPage,
    });
  const toggle = (facet: Facet, value: string) => {
    const chosen = ask[facet] ?? [];
    go({
      [facet]: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value],
    });
  };
  const active = FACETS.flatMap((facet) => (ask[facet] ?? []).map((value) => ({ facet, value })));
  const also = answer && q ? alsoFound(answer, q) : [];
  const sort = ask.sort ?? "relevance";
  const sorts = [
    ["relevance", t`Best match`],
    ["newest", t`Newest`],
    ["oldest", t`Oldest`],
  ] as const;
  const shown = q && answer && !error ? answer : null;
  const pages = shown ? Math.ceil(shown.total_stories / 10) : 0;

  return (
    <div className="page pt-6 lg:pt-8">
      <h1 className="sr-only">
        <Trans>Search</Trans>
      </h1>
      <SearchField q={q} onAsk={(words) => go({ q: words, literal: "" })} />
      <div className="mt-5 flex flex-wrap items-end justify-between gap-x-8 gap-y-3">
        <div>
          <p role="status" className="text-24 leading-tight lg:text-32">
            {shown ? (
              shown.total_stories > 0 ? (
                <Counted answer={shown} />
              ) : (
                <Trans>Nothing found</Trans>
              )
            ) : (
              ""
            )}
          </p>
          {shown &&
            shown.total_stories > 0 &&
            (also.length > 0 || ask.literal || shown.corrected) && (
              <p className="mt-2">
                {ask.literal ? (
                  <>
                    <Trans>Only “{q}” as it is written.</Trans>{" "}
                    <button
                      type="button"
                      className="link reach"
                      onClick={() => go({ literal: "" })}
                    >
                      <Trans>Search other spellings too</Trans>
                    </button>
                  </>
                ) : (
                  <>
                    <strong>
                      {[q, ...also, ...(shown.corrected ? [shown.corrected] : [])].join(" ~ ")}.
                    </strong>{" "}
                    {also.length > 0 && <Trans>The same in other scripts.</Trans>}{" "}
                    <button
                      type="button"
                      className="link reach"
                      onClick={() => go({ literal: "1" })}
                    >
                      <Trans>Only {q}</Trans>
                    </button>
                  </>
                )}
              </p>
            )}
        </div>
        {wide && shown && shown.total_stories > 1 && (
          <ul className="flex gap-x-1" aria-label={t`Order`}>
            {sorts.map(([value, label], i) => (
              <li key={value} className="flex items-center">
                {i > 0 && <span aria-hidden="true">·</span>}
                <button
                  type="button"
                  aria-pressed={sort === value}
                  className={`min-h-11 px-1 ${sort === value ? "font-bold" : "link"}`}
                  onClick={() => go({ sort: value === "relevance" ? "" : value })}
                >
                  {label}
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
      {shown?.degraded && (
        <p className="mt-3 border-l-2 border-edge pl-3">
          <Trans>
            This list is not complete: the search was cut short, or the archive is being indexed
            anew. More words, or the same a little later, may find more.
          </Trans>
        </p>
      )}
      {!wide && shown && (
        <div className="-mx-5 mt-4 flex gap-2 overflow-x-auto px-5 pb-1">
          <button
            type="button"
            className={`${CHIP} border-edge`}
            onClick={() => sheet.current?.showModal()}
          >
            <Icon name="filter" />
            <Trans>Narrow down</Trans>
          </button>
          {active.map(({ facet, value }) => (
            <button
              key={facet + value}
              type="button"
              className={`${CHIP} border-ink bg-paper-2`}
              onClick={() => toggle(facet, value)}
            >
              <FacetName facet={facet} value={value} />
              <Icon name="cross" size={16} />
              <span className="sr-only">
                <Trans>Drop this filter</Trans>
              </span>
            </button>
          ))}
          {sorts.map(([value, label]) => (
            <button
              key={value}
              type="button"
              aria-pressed={sort === value}
              className={`${CHIP} ${sort === value ? "border-ink bg-paper-2" : "border-edge"}`}
              onClick={() => go({ sort: value === "relevance" ? "" : value })}
            >
              {sort === value && <Icon name="check" size={16} />}
              {label}
            </button>
          ))}
        </div>
      )}
      {error && (
        <p role="alert" className="mt-6 text-20">
          {error instanceof Problem && error.status < 500 ? (
            error.message
          ) : (
            <Trans>Search is resting. Listening to the stories works.</Trans>
          )}
        </p>
      )}
      {!q && (
        <p className="mt-2 max-w-[58ch] text-18 text-ink-2">
          <Trans>
            Type a word as you hear it or write it, in any script. The answer is the second at which
            it was said.
          </Trans>
        </p>
      )}
      {shown && shown.total_stories === 0 && (
        <Nothing
          q={q}
          active={active}
          onDrop={toggle}
          onAsk={(words) => go({ q: words })}
          literal={!!ask.literal}
          onWiden={() => go({ literal: "" })}
        />
      )}
      {shown && (shown.total_stories > 0 || active.length > 0) && (
        <div
          className="mt-6 grid gap-x-18 lg:grid-cols-[14rem_minmax(0,1fr)]"
          aria-busy={isFetching}
        >
          {wide && (
            <aside aria-label={t`Narrow down`}>
              <Facets answer={shown} ask={ask} onToggle={toggle} />
            </aside>
          )}
          <ol className="min-w-0">
            {shown.items.map((story) => (
              <Card key={story.story_id} story={story} q={q} />
            ))}
          </ol>
        </div>
      )}
      {pages > 1 && (
        <nav aria-label={t`Pages`} className="flex items-center gap-4 lg:pl-74">
          {page > 1 && (
            <Button onClick={() => go({ page: String(page - 1) }, true)}>
              <Trans>Before</Trans>
            </Button>
          )}
          <span className="times">
            <Trans>
              Page {page} of {pages}
            </Trans>
          </span>
          {page < pages && (
            <Button onClick={() => go({ page: String(page + 1) }, true)}>
              <Trans>More stories</Trans>
            </Button>
          )}
        </nav>
      )}
      <dialog
        ref={sheet}
        aria-label={t`Narrow down`}
        className="m-0 mt-auto w-full max-w-none border-t border-ink bg-paper p-5 text-ink backdrop:bg-paper/80"
      >
        {shown && <Facets answer={shown} ask={ask} onToggle={toggle} />}
        <Button main className="mt-4 w-full" onClick={() => sheet.current?.close()}>
          <Trans>Show the stories</Trans>
        </Button>
      </dialog>
    </div>
  );
}
