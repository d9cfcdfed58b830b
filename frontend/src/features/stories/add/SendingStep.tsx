/** The recording on its way and then being written down: one page from the first part to the last line. */
import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, useEffect } from "react";
import type { Story } from "@/shared/api/contract";
import { Frame } from "./Frame";
import { OpenUploads } from "./OpenUploads";
import { loadOnItsWay } from "./parts";
import { useQueueOf } from "./useQueue";

const BUSY = new Set(["comparing", "sending", "checking", "queued", "paused"]);

// The live view comes while the recording is on its way; who only watches needs no sender's page.
const loadWritten = () => import("./Written");
const Written = lazy(loadWritten);
const OnItsWay = lazy(loadOnItsWay);

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
  const item =
    items.find(({ phase }) => BUSY.has(phase) && phase !== "queued" && phase !== "paused") ??
    items.find(({ phase }) => BUSY.has(phase)) ??
    // Safe already; the story with its recording is on its way to this page.
    items.find(
      ({ phase, recordingId }) =>
        phase === "stored" && !story.recordings.some(({ id }) => id === recordingId),
    ) ??
    items.find(({ phase }) => phase === "failed");
  const writing =
    story.recordings.find(({ state }) => state === "stored" || state === "processing") ??
    story.recordings.at(-1);

  if (item !== undefined) return <OnItsWay story={story} items={items} item={item} />;
  if (writing !== undefined)
    return (
      <Written story={story} recording={writing} key={writing.id}>
        <OpenUploads account={account} storyId={story.id} />
      </Written>
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
