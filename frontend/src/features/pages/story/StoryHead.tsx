/** Title, its forms in other languages, who tells it. */

import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { titleLang, useTitle } from "@/features/stories/parts/names";
import { Tile } from "@/features/stories/parts/Tile";
import type { Narrator, Story } from "@/shared/api/contract";
import { sayDate } from "@/shared/lib/edtf";
import { langOf, langOfName } from "@/shared/lib/languages";
import { useDuration } from "@/shared/lib/useDuration";

function NarratorCard({ narrator }: { narrator: Narrator }) {
  const [first, second, ...others] = narrator.names;
  if (!first) return null;
  return (
    <li className="flex items-center gap-4">
      <Tile story={{ narrators: [narrator], title: "" }} />
      <div>
        <p className="text-18">
          <span {...langOfName(first)} className="font-bold">
            {first.text}
          </span>{" "}
          {second && <span {...langOfName(second)}>{second.text}</span>}
        </p>
        {others.map((name) => (
          <p key={name.text} {...langOfName(name)} className="text-14 text-ink-2">
            {name.text}
          </p>
        ))}
        <p className="text-14 text-ink-2">
          <Trans>Narrator</Trans>
        </p>
      </div>
    </li>
  );
}

export function StoryHead({ story, children }: { story: Story; children?: ReactNode }) {
  const { i18n } = useLingui();
  const duration = useDuration();
  const title = useTitle()(story);
  const facts = [
    <Trans key="kind">Interview</Trans>,
    story.recorded_on && sayDate(story.recorded_on, i18n.locale),
    story.place,
    story.summary.duration_ms > 0 && duration(story.summary.duration_ms),
  ].filter(Boolean);
  const forms = story.title_forms.filter((form) => form.text !== title);
  return (
    <div className="page grid gap-x-18 gap-y-6 pb-8 pt-6 lg:grid-cols-[minmax(0,1fr)_19rem] lg:pt-12">
      <div className="min-w-0">
        <p className="text-ink-2">
          {facts.map((fact, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the facts stand in one order.
            <span key={i}>
              {i > 0 && " · "}
              {fact}
            </span>
          ))}
        </p>
        <h1 {...titleLang(story)} className="mt-1 text-40 leading-[1.08] lg:text-56">
          {title}
        </h1>
        {forms.length > 0 && (
          <ul className="mt-3 flex flex-wrap gap-x-5 text-18 text-ink-2">
            {forms.map((form) => (
              <li key={`${form.language}${form.text}`} {...langOf(form.language)}>
                {form.text}
              </li>
            ))}
          </ul>
        )}
        {story.narrators.length > 0 && (
          <ul className="mt-6 flex flex-wrap gap-x-10 gap-y-4">
            {story.narrators.map((narrator) => (
              <NarratorCard key={narrator.id} narrator={narrator} />
            ))}
          </ul>
        )}
        {story.description && (
          <p className="mt-6 max-w-[62ch] whitespace-pre-line text-read leading-[var(--lh)]">
            {story.description}
          </p>
        )}
        {story.collection && (
          <p className="mt-3">
            <Trans>
              In the collection{" "}
              <Link to="/stories" search={{ collection: story.collection.id }} className="link">
                {story.collection.title}
              </Link>
            </Trans>
          </p>
        )}
      </div>
      <div className="space-y-6 empty:hidden">
        {story.fictional && (
          <div className="border-t-[1.5px] border-ink pt-4">
            <p className="font-bold">
              <Trans>Before you listen</Trans>
            </p>
            <p>
              <Trans>This interview is fictional and the voice is synthetic.</Trans>
            </p>
          </div>
        )}
        {children}
      </div>
    </div>
  );
}
