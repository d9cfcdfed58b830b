/** Nothing was found: other ways to ask. */

import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Icon } from "@/shared/ui/Icon";
import type { Facet } from "../queries";
import { FacetName } from "./Facets";
import { otherScripts } from "./spellings";

type Props = {
  q: string;
  active: { facet: Facet; value: string }[];
  literal: boolean;
  onDrop: (facet: Facet, value: string) => void;
  onAsk: (q: string) => void;
  onWiden: () => void;
};

const PILL = "inline-flex min-h-11 items-center gap-2 rounded-full border border-edge px-4";

export function Nothing({ q, active, literal, onDrop, onAsk, onWiden }: Props) {
  const scripts = otherScripts(q);
  return (
    <div className="mt-4 max-w-[62ch] text-18">
      <p>
        <Trans>Nobody says “{q}” in what you may hear.</Trans>{" "}
        {scripts.length > 0 ? (
          <Trans>Try it in another script:</Trans>
        ) : (
          <Trans>Try it in another script, a shorter word, or the way it sounds.</Trans>
        )}
      </p>
      {scripts.length > 0 && (
        <ul className="mt-3 flex flex-wrap gap-2">
          {scripts.map((form) => (
            <li key={form}>
              <button type="button" className={PILL} onClick={() => onAsk(form)}>
                {form}
              </button>
            </li>
          ))}
        </ul>
      )}
      {literal && (
        <p className="mt-4">
          <button type="button" className="link min-h-11" onClick={onWiden}>
            <Trans>Search other spellings too</Trans>
          </button>
        </p>
      )}
      {active.length > 0 && (
        <>
          <p className="mt-4">
            <Trans>Or drop a filter:</Trans>
          </p>
          <ul className="mt-2 flex flex-wrap gap-2">
            {active.map(({ facet, value }) => (
              <li key={facet + value}>
                <button type="button" className={PILL} onClick={() => onDrop(facet, value)}>
                  <FacetName facet={facet} value={value} />
                  <Icon name="cross" size={16} />
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="mt-6">
        <Link to="/stories" className="link inline-flex min-h-11 items-center">
          <Trans>Listen to all stories</Trans>
        </Link>
      </p>
    </div>
  );
}
