/** What is said when a recording stops: what is wrong, what is safe, what helps. */
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { QueuedFile } from "@/features/recordings/upload";

/** The sentence of a stopped recording; the archive's own where it sent one. */
export function problemSentence({ problem, file }: QueuedFile): ReactNode {
  if (problem === null) return null;
  const mib = problem.partBytes / 1048576;
  const part = mib < 1 ? `${Math.ceil(mib * 1024)} KiB` : `${Math.round(mib)} MiB`;
  switch (problem.kind) {
    case "empty":
      return (
        <Trans>
          The phone gave us an empty file. Often the recording is still in the cloud. Open it once
          in the phone’s own app until it plays, then choose it again.
        </Trans>
      );
    case "unreadable":
      return (
        <Trans>
          The phone no longer lets us read this file. It may have been moved or deleted, or it lies
          only in the cloud. Open it once in the phone’s own app until it plays, then choose it
          again. The parts we have received are kept.
        </Trans>
      );
    case "front-refuses":
      return (
        <Trans>
          The server in front of this archive refuses parts of {part}. Your recording is on this
          phone and nothing is wrong with it; what we have received is kept. Please tell whoever
          runs the archive: the server in front has to take requests of 16 MB (nginx:
          client_max_body_size 16m), and “storybraid doctor” checks it. Then try again.
        </Trans>
      );
    case "no-room":
      return (
        <>
          {problem.detail}{" "}
          <Trans>
            There is no room at the archive at the moment. Your recording is on this phone. Tell the
            people of the archive, and try again later; what we have received is kept.
          </Trans>
        </>
      );
    case "too-large":
      return problem.detail || <Trans>This file is larger than the archive takes.</Trans>;
    case "wrong-kind":
      return (
        problem.detail || (
          <Trans>The archive takes sound and film, and this seems to be neither.</Trans>
        )
      );
    case "damaged":
      return (
        <Trans>
          A part arrived damaged several times. Your recording is on this phone. Try another
          network; what we have received is kept.
        </Trans>
      );
    case "address-refused":
      return (
        <Trans>
          The archive refuses what it had agreed to take, perhaps because a clock is wrong, here or
          there. Your recording is on this phone; what we have received is kept. Check the phone’s
          clock and try again. If it stays so, please tell whoever runs the archive: “storybraid
          doctor” checks it.
        </Trans>
      );
    case "signed-out":
      return (
        <Trans>
          You are signed out. Your recording is on this phone. Sign in again and it goes on from
          here.
        </Trans>
      );
    case "gone":
      return (
        <Trans>
          This upload was closed, here or on another device, or it waited longer than a week. Your
          recording is on this phone. It can be sent again from the beginning.
        </Trans>
      );
    case "other-file":
      return (
        <Trans>
          “{file.name.normalize("NFC")}” is not the file of before. Nothing was sent and nothing
          thrown away. Choose the first file again.
        </Trans>
      );
    case "incomplete":
      return (
        problem.detail || (
          <Trans>
            Some parts did not reach the archive as they were sent. The others are kept.
          </Trans>
        )
      );
    case "rejected":
      return problem.detail || <Trans>The archive could not keep this recording.</Trans>;
    default:
      return (
        problem.detail || (
          <Trans>
            The archive did not take it. Your recording is on this phone. Try again in a while.
          </Trans>
        )
      );
  }
}

/** What was found out about a file that was chosen again. */
export function noteSentence({ note }: QueuedFile): ReactNode {
  switch (note) {
    case "new-copy":
      return (
        <Trans>
          The phone made a new copy of the recording when you chose it again. That is normal. It is
          sent from the beginning, and the copy begun before is put away.
        </Trans>
      );
    case "kept-parts":
      return <Trans>It is the same file. Only the missing parts are sent.</Trans>;
    case "some-parts-again":
      return (
        <Trans>
          The phone changed a little of the file when you chose it again. Only the changed and the
          missing parts are sent.
        </Trans>
      );
    default:
      return null;
  }
}
