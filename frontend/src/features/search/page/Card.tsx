/** One story of the answer, with up to three of its moments. */

import { Plural } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Braid } from "@/features/recordings/player/Braid";
import { Narrators, useTitle } from "@/features/stories/parts/names";
import type { FoundStory } from "@/shared/api/contract";
import { placeOf } from "@/shared/lib/address";
import { useDuration } from "@/shared/lib/useDuration";
import { Hit } from "./Hit";

export function Card({ story, q }: { story: FoundStory; q: string }) {
  const title = useTitle()({ title: story.title, title_forms: [] });
  const duration = useDuration();
  const more = story.hits_in_story - story.hits.length;
  const { braid, duration_ms } = story.summary;
  // The braid is that of the recording whose words stand first; only its moments lie on it.
  const drawn = story.summary.first_sentence?.recording_id;
  const ticks = story.hits.flatMap((hit) =>
    hit.start_ms !== null && hit.recording_id === drawn ? [hit.start_ms] : [],
  );
  const place = { ...placeOf(story.hits[0]?.recording_number ?? null), q };
  return (
    <li className="mb-10 border-t-[1.5px] border-ink">
      <div className="grid gap-x-8 gap-y-2 border-b border-line py-5 lg:grid-cols-[minmax(0,1fr)_14.5rem]">
        <div>
          <h2 className="text-24 leading-tight">
            <Link
              to="/stories/$storyId"
              params={{ storyId: story.story_id }}
              search={place}
              className="reach no-underline hover:underline"
            >
              {title}
            </Link>
          </h2>
          <p className="mt-1 text-ink-2">
            <Narrators narrators={story.narrators} />
          </p>
        </div>
        <div>
          <Braid segments={braid} fromMs={0} toMs={Math.max(1, duration_ms)} ticks={ticks} />
          <p className="times mt-1 text-14 text-ink-2">
            <Plural value={story.hits_in_story} one="# moment" other="# moments" />
            {duration_ms > 0 && <> · {duration(duration_ms)}</>}
          </p>
        </div>
      </div>
      <ol>
        {story.hits.map((hit) => (
          <Hit
            key={`${hit.passage_id}-${hit.start_ms}`}
            hit={hit}
            story={story}
            title={title}
            q={q}
          />
        ))}
      </ol>
      {more > 0 && (
        <p>
          <Link
            to="/stories/$storyId"
            params={{ storyId: story.story_id }}
            search={place}
            className="link inline-flex min-h-11 items-center"
          >
            <Plural value={more} one="# more in this story" other="# more in this story" />
          </Link>
        </p>
      )}
    </li>
  );
}
