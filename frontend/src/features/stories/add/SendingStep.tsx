/** The recording on its way and then being written down: one page from the first part to the last line. */
import { Plural, Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useEffect } from "react";
import type { QueuedFile } from "@/features/recordings/upload";
import type { Story } from "@/shared/api/contract";
import { Frame } from "./Frame";
import { GoOn } from "./GoOn";
import { OpenUploads } from "./OpenUploads";
import { OtherFiles, Sending, SendingFoot, Stopped } from "./Sending";
import { useQueueOf } from "./useQueue";

const BUSY = new Set(["comparing", "sending", "checking", "queued", "paused"]);

// The live view comes while the recording is on its way.
const loadWritten = () => import("./Written");
const Written = lazy(loadWritten);

function sendingHeading(item: QueuedFile): ReactNode {
  if (item.waiting === "offline")
    return <Trans>You are offline. Your recording is on this phone.</Trans>;
  if (item.phase === "stored") return <Trans>Your recording is safe</Trans>;
  if (item.phase === "checking") return <Trans>We are checking your recording</Trans>;
  if (item.phase === "paused") return <Trans>Sending is paused</Trans>;
  return <Trans>We are receiving your recording</Trans>;
}

export function SendingStep({ story, account }: { story: Story; account: string }) {
  const client = useQueryClient();
  const items = useQueueOf(story.id);
  useEffect(() => {
    loadWritten().catch(() => {});
  }, []);
  const stored = items.filter(({ phase }) => phase === "stored").length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each stored recording makes the story new.
  useEffect(() => {
    client.invalidateQueries({ queryKey: ["story", story.id] });
  }, [stored, story.id, client]);
  const current =
    items.find(({ phase }) => BUSY.has(phase) && phase !== "queued" && phase !== "paused") ??
    items.find(({ phase }) => BUSY.has(phase)) ??
    // Safe already; the story with its recording is on its way to this page.
    items.find(
      ({ phase, recordingId }) =>
        phase === "stored" && !story.recordings.some(({ id }) => id === recordingId),
    );
  const failed = items.find(({ phase }) => phase === "failed");
  const writing =
    story.recordings.find(({ state }) => state === "stored" || state === "processing") ??
    story.recordings.at(-1);

  if (current !== undefined)
    return (
      <Frame step="sending" heading={sendingHeading(current)} foot={<SendingFoot item={current} />}>
        <Sending item={current} storyId={story.id} />
        <OtherFiles items={items.filter((item) => item !== current)} />
      </Frame>
    );
  if (failed !== undefined)
    return (
      <Frame
        step="sending"
        heading={
          <Plural
            value={items.filter(({ phase }) => phase === "failed").length}
            one="One recording needs you"
            other="# recordings need you"
          />
        }
        foot={story.recordings.length > 0 ? <GoOn story={story} /> : undefined}
      >
        <p className="mt-4 font-bold wrap-anywhere">{failed.file.name.normalize("NFC")}</p>
        <Stopped item={failed} />
        <OtherFiles items={items.filter((item) => item !== failed)} />
      </Frame>
    );
  if (writing !== undefined)
    return (
      <Suspense fallback={null}>
        <Written story={story} recording={writing} key={writing.id}>
          <OpenUploads account={account} storyId={story.id} />
        </Written>
      </Suspense>
    );
  return (
    <Frame
      step="sending"
      heading={<Trans>Go on sending</Trans>}
      back={{ to: "recording", story: story.id }}
    >
      <OpenUploads account={account} storyId={story.id} whenNone />
    </Frame>
  );
}
