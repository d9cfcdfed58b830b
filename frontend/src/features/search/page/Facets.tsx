/** What the answer can be narrowed by: a column on desktop, a sheet on the phone. */

import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { SearchAnswer } from "@/shared/api/contract";
import { langOf, ownName } from "@/shared/lib/languages";
import { Icon } from "@/shared/ui/Icon";
import { FACETS, type Facet, type SearchAsk } from "../queries";

const SHOWN = 8;

export function FacetName({ facet, value }: { facet: Facet; value: string }) {
  return facet === "language" ? <span {...langOf(value)}>{ownName(value)}</span> : value;
}

function title(facet: Facet): ReactNode {
  if (facet === "language") return <Trans>Language spoken</Trans>;
  if (facet === "person") return <Trans>Narrator</Trans>;
  if (facet === "place") return <Trans>Place</Trans>;
  return <Trans>Collection</Trans>;
}

type Props = {
  answer: SearchAnswer;
  ask: SearchAsk;
  onToggle: (facet: Facet, value: string) => void;
};

export function Facets({ answer, ask, onToggle }: Props) {
  return FACETS.map((facet) => {
    const counts = answer.facets[facet] ?? {};
    const chosen = ask[facet] ?? [];
    const values = [
      ...new Set([
        ...chosen,
        ...Object.keys(counts).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0)),
      ]),
    ];
    if (values.length === 0) return null;
    return (
      <fieldset
        key={facet}
        className="border-t border-line pb-3 pt-4 first:border-t-[1.5px] first:border-ink"
      >
        <legend className="float-left mb-1 w-full font-bold">{title(facet)}</legend>
        <ul className="clear-both">
          {values.slice(0, Math.max(SHOWN, chosen.length)).map((value) => {
            const on = chosen.includes(value);
            return (
              <li key={value}>
                <label className="flex min-h-11 cursor-pointer items-center gap-3">
                  <span className="relative inline-flex size-4.5 shrink-0">
                    <input
                      type="checkbox"
                      checked={on}
                      onChange={() => onToggle(facet, value)}
                      className="peer size-full appearance-none rounded-field border border-edge checked:border-ink checked:bg-ink"
                    />
                    <Icon
                      name="check"
                      size={18}
                      strokeWidth="2.500"
                      className="pointer-events-none absolute inset-0 hidden text-paper peer-checked:block"
                    />
                  </span>
                  <span className="min-w-0 flex-1">
                    <FacetName facet={facet} value={value} />
                  </span>
                  <span className="times text-ink-2">{counts[value] ?? 0}</span>
                </label>
              </li>
            );
          })}
        </ul>
      </fieldset>
    );
  });
}
