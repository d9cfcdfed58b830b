/** Home. */

import { createFileRoute } from "@tanstack/react-router";
import { HomePage } from "@/features/pages/home/HomePage";
import { homeQuery } from "@/features/stories/queries";

export const Route = createFileRoute("/")({
  loader: ({ context }) => context.queryClient.ensureQueryData(homeQuery),
  component: HomePage,
});
