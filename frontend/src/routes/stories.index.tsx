/** Listen: the list of stories. */

import { createFileRoute } from "@tanstack/react-router";
import { StoriesPage } from "@/features/pages/stories/StoriesPage";
import { storiesQuery } from "@/features/stories/queries";
import { text } from "@/shared/lib/address";

export const Route = createFileRoute("/stories/")({
  validateSearch: (search: Record<string, unknown>) => ({
    ...text(search, "language"),
    ...text(search, "collection"),
    ...text(search, "person"),
  }),
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => {
    void context.queryClient.prefetchInfiniteQuery(storiesQuery(deps));
  },
  component: function Listen() {
    return <StoriesPage filter={Route.useSearch()} />;
  },
});
