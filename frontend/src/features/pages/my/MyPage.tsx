/** My contributions: what was sent, and how far each has come. */

import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useAccount } from "@/features/accounts/session";
import { Narrators, useTitle } from "@/features/stories/parts/names";
import { Tile } from "@/features/stories/parts/Tile";
import { storiesQuery } from "@/features/stories/queries";
import type { StoryItem } from "@/shared/api/contract";
import { sayDate } from "@/shared/lib/edtf";
import { usePageTitle } from "@/shared/lib/usePageTitle";
import { Button, MAIN } from "@/shared/ui/Button";
import { SpokenIn } from "../parts/StoryRow";

function Where({ story }: { story: StoryItem }) {
  if (story.state === "published") return <Trans>Published</Trans>;
  switch (story.summary.progress) {
    case "empty":
      return <Trans>No recording has come yet.</Trans>;
    case "processing":
      return <Trans>The words are being written down.</Trans>;
    case "failed":
      return <Trans>A recording could not be prepared. Open the story to see why.</Trans>;
    default:
      return <Trans>Needs your check. Nobody else sees it yet.</Trans>;
  }
}

function Row({ story }: { story: StoryItem }) {
  const { i18n } = useLingui();
  const title = useTitle()(story);
  return (
    <li className="grid grid-cols-[3.5rem_minmax(0,1fr)] items-center gap-x-6 gap-y-2 border-b border-line py-5 lg:grid-cols-[4.5rem_minmax(0,1.2fr)_minmax(0,1fr)]">
      <Tile story={story} className="h-18 w-14 text-24 lg:h-20 lg:w-16" />
      <div>
        <h2 className="text-20 leading-tight lg:text-24">
          <Link
            to="/stories/$storyId"
            params={{ storyId: story.id }}
            className="reach no-underline hover:underline"
          >
            {title}
          </Link>
        </h2>
        <p className="mt-1">
          <Narrators narrators={story.narrators} />
        </p>
        <SpokenIn summary={story.summary} />
      </div>
      <p className="max-lg:col-span-2">
        <strong>
          <Where story={story} />
        </strong>
        <span className="block text-14 text-ink-2">
          <Trans>Received {sayDate(story.created_at.slice(0, 10), i18n.locale)}</Trans>
        </span>
      </p>
    </li>
  );
}

export function MyPage() {
  const { t } = useLingui();
  usePageTitle(t`My contributions`);
  const account = useAccount();
  const list = useInfiniteQuery({
    ...storiesQuery({ mine: true }),
    enabled: !!account,
    refetchInterval: 10_000,
  });
  const stories = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page pt-8 lg:pt-12">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <h1 className="text-40 leading-tight lg:text-56">
          <Trans>My contributions</Trans>
        </h1>
        {account && (
          <Link to="/add" className={MAIN}>
            <Trans>Add a story</Trans>
          </Link>
        )}
      </div>
      {account === null && (
        <p className="mt-6 text-18">
          <Trans>
            <Link to="/sign-in" search={{ next: "/my" }} className="link">
              Sign in
            </Link>{" "}
            to see what you have sent.
          </Trans>
        </p>
      )}
      {list.isSuccess && stories.length === 0 && (
        <p className="mt-6 text-18">
          <Trans>You have not sent a recording yet.</Trans>
        </p>
      )}
      {stories.length > 0 && (
        <ul className="mt-8 border-t-[1.5px] border-ink">
          {stories.map((story) => (
            <Row key={story.id} story={story} />
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
