/** While and after the words are written down: the wide page with everything beside. */
import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import type { Recording, Story } from "@/shared/api/contract";
import { langOf } from "@/shared/lib/languages";
import { MAIN } from "@/shared/ui/Button";
import { Warnings } from "../parts/Warnings";
import { Frame } from "./Frame";
import { GoOn } from "./GoOn";
import { Live, useFollowed } from "./Live";
import { WhereItIs } from "./WhereItIs";

function writtenHeading(story: Story, recording: Recording): ReactNode {
  if (recording.state === "rejected") return <Trans>The archive could not use this file</Trans>;
  if (recording.state === "failed")
    return <Trans>The recording is safe. Something else failed.</Trans>;
  if (recording.state === "ready" && recording.transcript !== null)
    return <Trans>The words are written down</Trans>;
  if (recording.state === "ready") return <Trans>Your recording is safe</Trans>;
  if (!story.machine_text_allowed)
    return <Trans>Your recording is safe. We get it ready to hear.</Trans>;
  return <Trans>We are writing down the words</Trans>;
}

export default function Written({
  story,
  recording,
  children,
}: {
  story: Story;
  recording: Recording;
  children: ReactNode;
}) {
  const followed = useFollowed(story, recording);
  const over =
    recording.state === "ready" || recording.state === "failed" || recording.state === "rejected";
  const client = useQueryClient();
  const step = followed.progress?.step;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step brings new copies and pictures.
  useEffect(() => {
    if (!over) client.invalidateQueries({ queryKey: ["story", story.id] });
  }, [step, over, story.id, client]);
  const at = over || !story.machine_text_allowed ? "check" : "writing";
  const refused = recording.state === "rejected";
  // Where nothing was written down, nothing may say that it was.
  const stopped = refused || (recording.state === "failed" && recording.transcript === null);
  const who = story.narrators.map(({ names }) => names[0]);
  return (
    <Frame
      step="sending"
      heading={writtenHeading(story, recording)}
      foot={refused ? <ChooseAnother story={story} /> : <GoOn story={story} />}
      aside={
        <>
          {!stopped && <WhereItIs story={story} at={at} />}
          {!stopped && story.machine_text_allowed && <MachineText />}
          {children}
        </>
      }
    >
      <p className="mt-1 text-ink-2">
        {who.map((name, index) => (
          <span key={name?.text} {...langOf(name?.language)}>
            {index > 0 && ", "}
            {name?.text}
          </span>
        ))}
        {recording.filename && (
          <span className="wrap-anywhere">
            {who.length > 0 && " · "}
            {recording.filename.normalize("NFC")}
          </span>
        )}
      </p>
      {recording.reason && (
        <p lang="en" className="mt-4 border-l-[1.5px] border-ink pl-4">
          {recording.reason}
        </p>
      )}
      <Warnings
        warnings={recording.warnings.filter(({ sentence }) => sentence !== recording.reason)}
        className="mt-4"
      />
      {story.machine_text_allowed && recording.has_sound && recording.state !== "rejected" && (
        <Live story={story} recording={recording} followed={followed} />
      )}
    </Frame>
  );
}

function ChooseAnother({ story }: { story: Story }) {
  return (
    <Link
      to="/add/$step"
      params={{ step: "recording" }}
      search={{ story: story.id }}
      className={MAIN}
    >
      <Trans>Choose another file</Trans>
    </Link>
  );
}

function MachineText() {
  return (
    <section className="bg-paper-2 p-4">
      <h2 className="text-16 font-bold">
        <Trans>Machine text</Trans>
      </h2>
      <p className="text-ink-2">
        <Trans>
          Words with dots are ones the machine was unsure of. Names are often wrong. Only you and
          the people of the archive can see this now.
        </Trans>
      </p>
    </section>
  );
}
