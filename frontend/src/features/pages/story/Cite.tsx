/** The citation, and the link to this very second. */

import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { timeMs } from "@/features/recordings/player/engine";
import { usePlayer } from "@/features/recordings/player/usePlayer";
import { useTitle } from "@/features/stories/parts/names";
import type { Recording, Story } from "@/shared/api/contract";
import { placeOf } from "@/shared/lib/address";
import { sayDate } from "@/shared/lib/edtf";
import { clock } from "@/shared/lib/time";
import { Button } from "@/shared/ui/Button";
import { Icon } from "@/shared/ui/Icon";

/** Copies, also where the clipboard is closed to pages without encryption. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.setAttribute("readonly", "");
    field.className = "fixed top-0 opacity-0";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

export function Cite({ story, recording }: { story: Story; recording: Recording | undefined }) {
  const { t, i18n } = useLingui();
  const second = usePlayer((state) =>
    state.sound?.recordingId === recording?.id ? state.second : 0,
  );
  const [said, setSaid] = useState("");
  const names = story.narrators
    .map((narrator) => narrator.names[0]?.text)
    .filter(Boolean)
    .join(", ");
  const title = useTitle()(story);
  const when = story.recorded_on ? sayDate(story.recorded_on, i18n.locale) : "";
  const version = recording?.transcript?.version;
  const number = recording?.number ?? 1;
  const sitting = number > 1 ? `, ${t`recording ${number}`}` : "";
  const citation = [
    [names, t`interview`, when].filter(Boolean).join(", "),
    `“${title}.”`,
    `Storybraid ${story.identifier}${version ? `, ${t`transcript version ${version}`}` : ""}${sitting}, ${clock(second * 1000)}.`,
  ]
    .join(" ")
    .replace(/^interview/, "Interview")
    .replace(/([^.]) “/, "$1. “");

  async function put(text: string, done: string) {
    setSaid(
      (await copy(text))
        ? done
        : t`It could not be copied. The words stand here to be copied by hand.`,
    );
  }

  function address(): string {
    const url = new URL(`/stories/${story.id}`, location.origin);
    for (const [key, value] of Object.entries(placeOf(number, timeMs())))
      url.searchParams.set(key, value);
    return url.href;
  }

  return (
    <>
      <p className="times text-14">{citation}</p>
      <div className="mt-3 flex flex-col items-start gap-2">
        <Button onClick={() => put(citation, t`The citation is copied.`)}>
          <Icon name="copy" size={18} />
          <Trans>Copy citation</Trans>
        </Button>
        <Button onClick={() => put(address(), t`The link is copied.`)}>
          <Icon name="link" size={18} />
          <Trans>Link to this second</Trans>
        </Button>
      </div>
      <p role="status" className="mt-2 min-h-5 text-14">
        {said}
      </p>
    </>
  );
}
