/** Thanks, what happens next, and the way to the story. */
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Story } from "@/shared/api/contract";
import { MAIN, PLAIN } from "@/shared/ui/Button";
import { Frame } from "./Frame";
import { useQueueOf } from "./useQueue";
import { type At, WhereItIs } from "./WhereItIs";

type Props = { story: Story; onDone: () => void; onAnother: () => void };

export default function DoneStep({ story, onDone, onAnother }: Props) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each story that is done.
  useEffect(onDone, [story.id]);
  const sending = useQueueOf(story.id).filter(({ phase }) => phase !== "stored");
  const underWay = story.recordings.some(
    ({ state }) => state === "stored" || state === "processing",
  );
  const at: At =
    sending.length > 0 || story.recordings.length === 0
      ? "receiving"
      : underWay && story.machine_text_allowed
        ? "writing"
        : "check";
  return (
    <Frame
      step="done"
      heading={<Trans>Thank you</Trans>}
      lead={<Trans>The story is kept. This is what happens now.</Trans>}
      foot={
        <>
          <Link to="/add/$step" params={{ step: "who" }} className={PLAIN} onClick={onAnother}>
            <Trans>Add another</Trans>
          </Link>
          <Link to="/stories/$storyId" params={{ storyId: story.id }} className={MAIN}>
            <Trans>See the story</Trans>
          </Link>
        </>
      }
    >
      {sending.length > 0 && (
        <p className="mt-6 border-l-[1.5px] border-ink pl-4">
          <Trans>The recording is still being sent. Keep this page open.</Trans>{" "}
          <Link
            to="/add/$step"
            params={{ step: "sending" }}
            search={{ story: story.id }}
            className="link"
          >
            <Trans>See how far it is</Trans>
          </Link>
        </p>
      )}
      <div className="mt-8 border-t-[1.5px] border-ink pt-4">
        <WhereItIs story={story} at={at} />
      </div>
      <p className="mt-8">
        <Link to="/my" className="link inline-flex min-h-11 items-center">
          <Trans>All that you have given</Trans>
        </Link>
      </p>
    </Frame>
  );
}
