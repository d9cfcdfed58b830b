/** Home: one voice, three doors, the languages spoken, the newest stories, the collections. */

import { Plural, Trans } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { homeQuery } from "@/features/stories/queries";
import type { Home } from "@/shared/api/contract";
import { langOf, ownName } from "@/shared/lib/languages";
import { usePageTitle } from "@/shared/lib/usePageTitle";
import { MAIN } from "@/shared/ui/Button";
import { StoryRow } from "../parts/StoryRow";
import { Doors } from "./Doors";
import { Voice } from "./Voice";

function Section({
  title,
  more,
  children,
}: {
  title: ReactNode;
  more?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="page mt-14 lg:mt-18">
      <div className="mb-4 flex flex-wrap items-baseline justify-between gap-x-6">
        <h2 className="text-24 leading-tight lg:text-32">{title}</h2>
        {more}
      </div>
      {children}
    </section>
  );
}

function Spoken({ home }: { home: Home }) {
  const many = home.languages.length;
  if (many === 0) return null;
  return (
    <Section
      title={
        <Plural
          value={many}
          one="Voices in one language"
          _2="Voices in two languages"
          _3="Voices in three languages"
          _4="Voices in four languages"
          _5="Voices in five languages"
          _6="Voices in six languages"
          _7="Voices in seven languages"
          other="Voices in # languages"
        />
      }
    >
      <ul className="grid grid-cols-2 gap-x-10 max-lg:gap-x-5 lg:grid-cols-4">
        {home.languages.map(({ tag, stories }, i) => (
          <li key={tag} className="border-b border-line">
            <Link
              to="/stories"
              search={{ language: tag }}
              className="flex min-h-15 items-baseline justify-between gap-2 py-3 no-underline hover:underline max-lg:min-h-11 max-lg:py-2"
            >
              <span {...langOf(tag)} className="text-24 leading-normal max-lg:text-20">
                {ownName(tag)}
              </span>
              <span className="times text-ink-2">
                {i === 0 ? (
                  <Plural value={stories} one="# story" other="# stories" />
                ) : (
                  <>
                    {stories}
                    <span className="sr-only">
                      {" "}
                      <Plural value={stories} one="story" other="stories" />
                    </span>
                  </>
                )}
              </span>
            </Link>
          </li>
        ))}
        <li className="border-b border-line">
          <Link
            to="/stories"
            className="flex min-h-15 items-baseline py-3 text-24 leading-normal no-underline hover:underline max-lg:min-h-11 max-lg:py-2 max-lg:text-20"
          >
            <Plural value={home.total_stories} one="The one story" other="All # stories" />
          </Link>
        </li>
      </ul>
    </Section>
  );
}

function Empty() {
  return (
    <div className="page pt-10 lg:pt-18">
      <h1 className="max-w-[22ch] text-40 leading-[1.1] lg:text-56">
        <Trans>Nobody has told a story here yet.</Trans>
      </h1>
      <p className="mt-5 max-w-[54ch] text-20">
        <Trans>
          The first recording opens this archive. It is kept as it came, written down word by word,
          and heard only by those the teller chooses.
        </Trans>
      </p>
      <p className="mt-8">
        <Link to="/add" className={MAIN}>
          <Trans>Add the first story</Trans>
        </Link>
      </p>
    </div>
  );
}

export function HomePage() {
  const { data: home } = useSuspenseQuery(homeQuery);
  usePageTitle(null);
  const few = home.total_stories < 3;
  return (
    <>
      {home.voice ? (
        <Voice voice={home.voice} />
      ) : home.total_stories === 0 ? (
        <Empty />
      ) : (
        <h1 className="page pt-10 text-40 leading-tight lg:pt-18 lg:text-56">
          <Trans>Stories, in the voices of those who lived them</Trans>
        </h1>
      )}
      <Doors />
      <Spoken home={home} />
      {home.newest.length > 0 && (
        <Section
          title={few ? <Trans>The stories so far</Trans> : <Trans>New in the archive</Trans>}
          more={
            <Link to="/stories" className="link inline-flex min-h-11 items-center">
              <Trans>All stories</Trans>
            </Link>
          }
        >
          <ul className="border-t border-line">
            {home.newest.map((story) => (
              <StoryRow key={story.id} story={story} />
            ))}
          </ul>
        </Section>
      )}
      {home.collections.length > 0 && (
        <Section title={<Trans>Collections</Trans>}>
          <ul className="grid gap-x-10 gap-y-8 lg:grid-cols-3">
            {home.collections.map((collection) => (
              <li
                key={collection.id}
                className="border-t-[1.5px] border-ink pt-4 max-lg:border-t max-lg:border-line"
              >
                <h3 className="text-24 leading-tight max-lg:text-20">
                  <Link
                    to="/stories"
                    search={{ collection: collection.id }}
                    className="reach no-underline hover:underline"
                  >
                    {collection.title}
                  </Link>
                </h3>
                {collection.description && (
                  <p className="mt-1 text-ink-2">{collection.description}</p>
                )}
                <p className="mt-2 text-14 text-ink-2">
                  <Plural value={collection.stories} one="# story" other="# stories" />
                </p>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
