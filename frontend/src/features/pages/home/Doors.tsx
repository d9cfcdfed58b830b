/** The three ways in: listen, search, add a story. */

import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { FIELD } from "@/shared/ui/Field";
import { Icon } from "@/shared/ui/Icon";

function Door({
  to,
  title,
  children,
}: {
  to: "/stories" | "/search" | "/add";
  title: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="relative py-5 lg:flex-1 lg:border-l lg:border-line lg:px-10 lg:first:border-0 lg:first:pl-0 lg:last:pr-0 max-lg:border-b max-lg:border-line">
      <h2 className="text-24 leading-tight lg:text-32">
        <Link
          to={to}
          className="flex min-h-11 items-center justify-between gap-4 no-underline hover:underline"
        >
          {title}
          <Icon name="arrow" className="shrink-0" />
        </Link>
      </h2>
      {children}
    </div>
  );
}

export function Doors() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const [q, setQ] = useState("");
  return (
    <div className="page mt-10 lg:mt-12">
      <div className="border-t-[1.5px] border-ink lg:flex">
        <Door to="/stories" title={<Trans>Listen</Trans>}>
          <p className="text-pretty max-w-[30ch] text-ink-2">
            <Trans>Begin with a voice, a language, or a story you know.</Trans>
          </p>
        </Door>
        <Door to="/search" title={<Trans>Search</Trans>}>
          <p className="text-pretty max-w-[34ch] text-ink-2">
            <Trans>Type a word as you hear it or write it. We find the second it was said.</Trans>
          </p>
          <search>
            <form
              className="relative mt-3"
              onSubmit={(event) => {
                event.preventDefault();
                navigate({ to: "/search", search: q.trim() ? { q: q.trim() } : {} });
              }}
            >
              <Icon name="search" className="pointer-events-none absolute left-4 top-4" />
              <input
                type="search"
                name="q"
                value={q}
                onChange={(event) => setQ(event.target.value)}
                aria-label={t`Search for a word that was said`}
                placeholder="Nguyen, 阮, なかむら…"
                enterKeyHint="search"
                className={`${FIELD} min-h-13 pl-12!`}
              />
            </form>
          </search>
        </Door>
        <Door to="/add" title={<Trans>Add a story</Trans>}>
          <p className="text-pretty max-w-[34ch] text-ink-2">
            <Trans>
              Send a recording from this device. Nothing is shown until the teller says so.
            </Trans>
          </p>
        </Door>
      </div>
    </div>
  );
}
