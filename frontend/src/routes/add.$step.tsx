/** One question of the wizard; the step and the story are in the address. */
import { createFileRoute } from "@tanstack/react-router";
import { Wizard } from "@/features/stories/add/Wizard";

export const Route = createFileRoute("/add/$step")({
  validateSearch: (search: Record<string, unknown>): { story?: string } =>
    typeof search.story === "string" ? { story: search.story } : {},
  component: function Step() {
    const { step } = Route.useParams();
    const { story } = Route.useSearch();
    return <Wizard step={step} story={story ?? null} />;
  },
});
