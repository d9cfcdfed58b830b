/** A story, at a second. */

import { createFileRoute, notFound } from "@tanstack/react-router";
import { StoryPage } from "@/features/pages/story/StoryPage";
import { braidQuery, storyQuery } from "@/features/stories/queries";
import { isAbsent } from "@/shared/api/problem";
import { needPart } from "@/shared/i18n";
import { text } from "@/shared/lib/address";

export const Route = createFileRoute("/stories/$storyId")({
  validateSearch: (search: Record<string, unknown>) => ({
    ...text(search, "t"),
    ...text(search, "r"),
    ...text(search, "q"),
  }),
  loader: async ({ context, params }) => {
    void context.queryClient.prefetchQuery(braidQuery(params.storyId));
    const story = context.queryClient.ensureQueryData(storyQuery(params.storyId));
    try {
      await Promise.all([needPart("story"), story]);
    } catch (error) {
      throw isAbsent(error) ? notFound() : error;
    }
  },
  component: function Story() {
    const { storyId } = Route.useParams();
    return <StoryPage key={storyId} storyId={storyId} search={Route.useSearch()} />;
  },
});
