/** Where adding begins: what was left unfinished, and a new story. Without the former, the first question. */
import { Plural, Trans } from "@lingui/react/macro";
import { Link, Navigate } from "@tanstack/react-router";
import { uploads } from "@/features/recordings/upload";
import { MAIN, PLAIN } from "@/shared/ui/Button";
import { calledAs, type Draft, EMPTY } from "./draft";
import { Frame, Waiting } from "./Frame";
import { OpenUploads, useOpenUploads } from "./OpenUploads";
import { useUploadOwner } from "./useQueue";

type Props = { account: string; draft: Draft; change: (draft: Partial<Draft>) => void };

export default function StartStep({ account, draft, change }: Props) {
  useUploadOwner();
  const open = useOpenUploads(account);
  const sending = uploads()
    .snapshot()
    .filter(({ phase }) => phase !== "stored");
  const others = uploads().waitingForOwner();
  const name = calledAs(draft);
  const begun = name !== "" || draft.storyId !== "";
  if (open === undefined) return <Waiting step="done" />;
  if (open.length === 0 && sending.length === 0 && others === 0 && !begun)
    return <Navigate to="/add/$step" params={{ step: "who" }} replace />;
  return (
    <Frame step="done" unnamed heading={<Trans>Add a story</Trans>}>
      {sending[0] && (
        <p className="mt-4">
          <Link
            to="/add/$step"
            params={{ step: "sending" }}
            search={{ story: sending[0].storyId }}
            className="link inline-flex min-h-11 items-center"
          >
            <Plural
              value={sending.length}
              one="One recording is being sent"
              other="# recordings are being sent"
            />
          </Link>
        </p>
      )}
      {others > 0 && (
        <p className="mt-4 border-l-[1.5px] border-ink pl-4">
          <Plural
            value={others}
            one="One recording on this page waits for its owner to sign in again."
            other="# recordings on this page wait for their owner to sign in again."
          />
        </p>
      )}
      <OpenUploads account={account} />
      {begun && (
        <section className="mt-8 border-t-[1.5px] border-ink pt-4">
          <h2 className="text-20">
            {name ? <Trans>The story of {name}</Trans> : <Trans>A story you began</Trans>}
          </h2>
          <p className="text-ink-2">
            <Trans>Your answers are kept on this phone.</Trans>
          </p>
          <p className="mt-3">
            <Link
              to="/add/$step"
              params={{ step: draft.storyId ? "recording" : draft.answer ? "words" : "who" }}
              search={draft.storyId ? { story: draft.storyId } : {}}
              className={PLAIN}
            >
              <Trans>Go on with it</Trans>
            </Link>
          </p>
        </section>
      )}
      <section className="mt-8 border-t-[1.5px] border-ink pt-4">
        <h2 className="text-20">
          <Trans>A new story</Trans>
        </h2>
        <p className="text-ink-2">
          <Trans>Have the recording on this phone, and the person beside you if you can.</Trans>
        </p>
        <p className="mt-3">
          <Link
            to="/add/$step"
            params={{ step: "who" }}
            className={MAIN}
            onClick={() => change(EMPTY)}
          >
            <Trans>Begin</Trans>
          </Link>
        </p>
      </section>
    </Frame>
  );
}
