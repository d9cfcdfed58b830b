/** The way from the recording to the details. */
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { Story } from "@/shared/api/contract";
import { MAIN } from "@/shared/ui/Button";

export function GoOn({ story }: { story: Story }) {
  return (
    <Link
      to="/add/$step"
      params={{ step: "details" }}
      search={{ story: story.id }}
      className={MAIN}
    >
      <Trans>Continue</Trans>
    </Link>
  );
}
