/** All stories that may be heard here, newest first, narrowed by a language, a collection or a person. */

import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type StoryFilter, storiesQuery } from "@/features/stories/queries";
import { langOf, ownName } from "@/shared/lib/languages";
import { usePageTitle } from "@/shared/lib/usePageTitle";
import { Button } from "@/shared/ui/Button";
import { Icon } from "@/shared/ui/Icon";
import { StoryRow } from "../parts/StoryRow";

export function StoriesPage({ filter }: { filter: StoryFilter }) {
  const { t } = useLingui();
  usePageTitle(t`Listen`);
  const list = useInfiniteQuery(storiesQuery(filter));
  const stories = list.data?.pages.flatMap((page) => page.items) ?? [];
  const narrowed = !!(filter.language || filter.collection || filter.person);
  return (
    <div className="page pt-8 lg:pt-12">
      <h1 className="text-40 leading-tight lg:text-56">
        <Trans>Listen</Trans>
      </h1>
      {filter.language && (
        <p className="mt-4 text-20">
          <Trans>
            Stories spoken in{" "}
            <span {...langOf(filter.language)} className="font-bold">
              {ownName(filter.language)}
            </span>
          </Trans>
        </p>
      )}
      {narrowed && (
        <p className="mt-2">
          <Link to="/stories" className="link inline-flex min-h-11 items-center gap-2">
            <Icon name="cross" size={16} />
            <Trans>Show all stories</Trans>
          </Link>
        </p>
      )}
      {list.isError && (
        <p className="mt-8 text-18">
          <Trans>The stories did not come.</Trans>{" "}
          <button type="button" className="link min-h-11" onClick={() => list.refetch()}>
            <Trans>Try again</Trans>
          </button>
        </p>
      )}
      {list.isSuccess && stories.length === 0 && (
        <p className="mt-8 text-18">
          <Trans>There is no story here that you may hear yet.</Trans>
        </p>
      )}
      {stories.length > 0 && (
        <ul className="mt-8 border-t-[1.5px] border-ink">
          {stories.map((story) => (
            <StoryRow key={story.id} story={story} as="h2" />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button
          className="mt-8"
          disabled={list.isFetchingNextPage}
          onClick={() => list.fetchNextPage()}
        >
          <Trans>More stories</Trans>
        </Button>
      )}
    </div>
  );
}
