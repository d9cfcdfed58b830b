/** What is known of the chosen languages before anything is heard: where a larger model does better. */
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { client, taken } from "@/shared/api/client";
import { Warnings } from "./Warnings";

const adviceQuery = (languages: readonly string[], model: string) =>
  queryOptions({
    queryKey: ["advice", languages, model],
    enabled: languages.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      taken(
        client.GET("/api/v1/languages/advice", {
          params: { query: { language: [...languages], model: model || null } },
          signal,
        }),
      ),
  });

type Props = {
  languages: readonly string[];
  /** Empty where the archive's own is meant. */
  model?: string;
};

export function Advice({ languages, model = "" }: Props) {
  const { data } = useQuery(adviceQuery(languages, model));
  return (
    <div aria-live="polite" className="empty:hidden">
      {languages.length > 0 && data && (
        <Warnings warnings={data.warnings} className="mt-3 text-14" />
      )}
    </div>
  );
}
