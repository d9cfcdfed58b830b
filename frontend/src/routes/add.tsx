/** Add a story: the wizard brings its own head and foot. */

import { createFileRoute } from "@tanstack/react-router";
import { needPart } from "@/shared/i18n";

export const Route = createFileRoute("/add")({
  staticData: { bare: true },
  loader: () => needPart("add"),
});
