/** The frame of every page. */

import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Outlet, useMatches } from "@tanstack/react-router";
import { sessionQuery } from "@/features/accounts/session";
import { Broken, NothingHere, Shell } from "@/features/accounts/shell/Shell";
import { Foot } from "@/features/recordings/player/Foot";
import { isAbsent } from "@/shared/api/problem";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** The page brings its own head and foot (the wizard). */
    bare?: boolean;
  }
}

export const Route = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  // Asked for beside the page's own data, so that head and notices stand before the first sight.
  loader: ({ context }) => context.queryClient.ensureQueryData(sessionQuery).catch(() => null),
  component: function Root() {
    const bare = useMatches({
      select: (matches) => matches.some((match) => match.staticData.bare),
    });
    return (
      <Shell bare={bare} foot={bare ? null : <Foot />}>
        <Outlet />
      </Shell>
    );
  },
  notFoundComponent: NothingHere,
  errorComponent: ({ error, reset }) => (
    <Shell>{isAbsent(error) ? <NothingHere /> : <Broken again={reset} />}</Shell>
  ),
});
