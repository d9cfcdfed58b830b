/** A story, at a second. */

import { createFileRoute } from "@tanstack/react-router";
import { StoryPage } from "@/features/pages/story/StoryPage";
import { braidQuery, storyQuery } from "@/features/stories/queries";
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
    await Promise.all([
      needPart("story"),
      context.queryClient.ensureQueryData(storyQuery(params.storyId)),
    ]);
  },
  component: function Story() {
    const { storyId } = Route.useParams();
    return <StoryPage key={storyId} storyId={storyId} search={Route.useSearch()} />;
  },
});
