/** Where adding begins. */
import { createFileRoute } from "@tanstack/react-router";
import { Wizard } from "@/features/stories/add/Wizard";

export const Route = createFileRoute("/add/")({
  component: () => <Wizard step={null} story={null} />,
});
