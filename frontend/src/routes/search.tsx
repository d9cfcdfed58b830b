/** Search. */

import { createFileRoute } from "@tanstack/react-router";
import { SearchPage } from "@/features/search/page/SearchPage";
import { list, text } from "@/shared/lib/address";

export const Route = createFileRoute("/search")({
  validateSearch: (search: Record<string, unknown>) => ({
    ...text(search, "q"),
    ...list(search, "language"),
    ...list(search, "collection"),
    ...list(search, "person"),
    ...list(search, "place"),
    ...text(search, "sort"),
    ...text(search, "page"),
    ...text(search, "literal"),
  }),
  component: function Search() {
    return <SearchPage ask={Route.useSearch()} />;
  },
});
