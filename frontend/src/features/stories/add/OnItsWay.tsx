/** The page of recordings that are being sent, or that stopped and need a person. */
import { Plural, Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { QueuedFile } from "@/features/recordings/upload";
import type { Story } from "@/shared/api/contract";
import { Frame } from "./Frame";
import { GoOn } from "./GoOn";
import { OtherFiles, Sending, SendingFoot, Stopped } from "./Sending";

function sendingHeading(item: QueuedFile): ReactNode {
  if (item.waiting === "offline")
    return <Trans>You are offline. Your recording is on this phone.</Trans>;
  if (item.phase === "stored") return <Trans>Your recording is safe</Trans>;
  if (item.phase === "checking") return <Trans>We are checking your recording</Trans>;
  if (item.phase === "paused") return <Trans>Sending is paused</Trans>;
  return <Trans>We are receiving your recording</Trans>;
}

type Props = {
  story: Story;
  /** All recordings of the story on this page. */
  items: readonly QueuedFile[];
  /** The one in the middle: on its way, or stopped. */
  item: QueuedFile;
};

export default function OnItsWay({ story, items, item }: Props) {
  const others = items.filter((one) => one !== item);
  if (item.phase !== "failed")
    return (
      <Frame step="sending" heading={sendingHeading(item)} foot={<SendingFoot item={item} />}>
        <Sending item={item} storyId={story.id} />
        <OtherFiles items={others} />
      </Frame>
    );
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
      <p className="mt-4 font-bold wrap-anywhere">{item.file.name.normalize("NFC")}</p>
      <Stopped item={item} />
      <OtherFiles items={others} />
    </Frame>
  );
}
