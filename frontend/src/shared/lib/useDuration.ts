/** Lengths of sound in the reader's words. */

import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { parts } from "./time";

/** "1 h 12 min", "48 min", "38 seconds". */
export function useDuration(): (ms: number) => string {
  const { t } = useLingui();
  return (ms) => {
    const { hours, minutes, seconds } = parts(ms);
    if (hours > 0) return t`${hours} h ${minutes} min`;
    if (minutes > 0) return t`${minutes} min`;
    return t`${plural(seconds, { one: "# second", other: "# seconds" })}`;
  };
}
