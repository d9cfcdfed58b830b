/** The recording that is on its way: percent, parts, what to do, and the others behind it. */
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { bytesSent, percentSent, type QueuedFile, uploads } from "@/features/recordings/upload";
import { PLAIN } from "@/shared/ui/Button";
import { FilePick } from "./FilePick";
import { PartsBar } from "./PartsBar";
import { noteSentence, problemSentence } from "./sentences";
import { fileSize, sizeWithin } from "./sizes";

function TimeLeft({ item }: { item: QueuedFile }) {
  if (item.phase === "stored") return <Trans>received, read back and safe</Trans>;
  if (item.phase === "comparing") return <Trans>being compared</Trans>;
  if (item.phase === "checking") return <Trans>being checked</Trans>;
  if (item.phase === "paused") return <Trans>paused</Trans>;
  if (item.phase === "queued") return <Trans>waiting its turn</Trans>;
  if (item.waiting === "offline") return <Trans>waiting to be online</Trans>;
  if (item.waiting !== null) return <Trans>waiting for the line</Trans>;
  if (item.timeLeftMs === null) return <Trans>working out how long</Trans>;
  if (item.timeLeftMs < 60_000) return <Trans>less than a minute</Trans>;
  const minutes = Math.round(item.timeLeftMs / 60_000);
  return <Plural value={minutes} one="about # minute" other="about # minutes" />;
}

function PartsSentence({ item }: { item: QueuedFile }) {
  const { partCount, received } = item;
  const there = received.size;
  if (item.phase === "stored") return <Trans>All parts are with us and checked.</Trans>;
  if (item.phase === "checking")
    return <Trans>All parts are with us. We are reading the whole back to check it.</Trans>;
  if (item.phase === "comparing")
    return <Trans>We compare this file with the parts that are with us.</Trans>;
  if (partCount === 0) return <Trans>Asking the archive for a place.</Trans>;
  if (partCount === 1)
    return there === 0 ? (
      <Trans>It goes in one part.</Trans>
    ) : (
      <Trans>The one part is with us and checked.</Trans>
    );
  return (
    <Trans>
      {there} of {partCount} parts are with us and checked.
    </Trans>
  );
}

/** The one recording in the middle of the page. */
export function Sending({ item, storyId }: { item: QueuedFile; storyId: string }) {
  const { i18n } = useLingui();
  const { file } = item;
  const percent = percentSent(item, file.size);
  const offline = item.waiting === "offline";
  const still = item.waiting !== null || item.phase === "paused";
  const sent = sizeWithin(bytesSent(item, file.size), file.size, i18n.locale);
  const whole = fileSize(file.size, i18n.locale);
  const note = noteSentence(item);
  return (
    <>
      <div className="mt-6 flex items-end justify-between gap-x-4">
        <p className="times text-56 leading-none whitespace-nowrap" data-testid="percent">
          <Trans>{percent} %</Trans>
        </p>
        <p className="text-right text-ink-2">
          <Trans>
            {sent} of {whole}
          </Trans>
          <br />
          <TimeLeft item={item} />
        </p>
      </div>
      <div className="mt-4">
        <PartsBar item={item} still={still} />
      </div>
      <p role="status" className="mt-3">
        <PartsSentence item={item} />
      </p>
      {note && <p className="mt-3 border-l-[1.5px] border-ink pl-4">{note}</p>}
      {item.waiting === "breaks" && (
        <p className="mt-3 border-l-[1.5px] border-ink pl-4">
          <Trans>
            The line breaks at every part, though the archive answers. What we have received is
            kept, and we try again by ourselves. If it stays so, please tell whoever runs the
            archive: the server in front may refuse long parts, or this page, and “storybraid
            doctor” checks it.
          </Trans>
        </p>
      )}
      <div className="mt-6 border-t-[1.5px] border-ink pt-4">
        <p className="font-bold">
          <Trans>Your recording is on this phone.</Trans>
        </p>
        <p className="text-ink-2">
          {item.phase === "checking" || item.phase === "stored" ? (
            <Trans>
              Keep it there until we have read the whole back. You can close this page; the checking
              goes on.
            </Trans>
          ) : offline ? (
            <Trans>
              We will send the rest when you are online. You can close this page: choose the same
              file again later, and only the missing parts are sent.
            </Trans>
          ) : (
            <Trans>
              Keep this page open while it sends. If it stops or the phone goes to sleep, nothing is
              lost: it goes on from here.
            </Trans>
          )}
        </p>
      </div>
      <div className="mt-6 flex flex-wrap items-center justify-between gap-x-4 border-y border-line py-2">
        <span className="min-w-0 py-2 font-bold wrap-anywhere">{file.name.normalize("NFC")}</span>
        {item.phase !== "checking" && item.phase !== "stored" && (
          <button
            type="button"
            className="link min-h-11"
            onClick={() => void uploads().cancel(item.key)}
          >
            <Trans>Do not send it</Trans>
          </button>
        )}
      </div>
      <p className="mt-4">
        <Link
          to="/add/$step"
          params={{ step: "details" }}
          search={{ story: storyId }}
          className="link inline-flex min-h-11 items-center"
        >
          <Trans>Say more about the story while it sends</Trans>
        </Link>
      </p>
    </>
  );
}

/** The buttons under the recording in the middle. */
export function SendingFoot({ item }: { item: QueuedFile }) {
  const still = item.waiting !== null;
  return (
    <>
      {item.phase === "checking" || item.phase === "stored" ? null : item.phase === "paused" ? (
        <button type="button" className={PLAIN} onClick={() => uploads().resume(item.key)}>
          <Trans>Go on</Trans>
        </button>
      ) : still ? (
        <button type="button" className={PLAIN} onClick={() => uploads().tryNow(item.key)}>
          <Trans>Try now</Trans>
        </button>
      ) : (
        <button type="button" className={PLAIN} onClick={() => uploads().pause(item.key)}>
          <Trans>Pause</Trans>
        </button>
      )}
      <button type="button" className={PLAIN} onClick={() => saveCopy(item.file as File)}>
        <svg
          aria-hidden="true"
          viewBox="0 0 20 20"
          width="20"
          height="20"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
        >
          <path d="M10 2.500v11m-5-5 5 5 5-5M3.500 17.500h13" />
        </svg>
        <Trans>Save a copy</Trans>
      </button>
    </>
  );
}

/** Hands the very bytes back to the phone, as a download. */
function saveCopy(file: File): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Recordings beside the one in the middle: waiting, there, or stopped with a reason. */
export function OtherFiles({ items }: { items: readonly QueuedFile[] }) {
  const { i18n } = useLingui();
  if (items.length === 0) return null;
  return (
    <section className="mt-8">
      <h2 className="border-b-[1.5px] border-ink pb-2 text-16 font-bold">
        <Trans>The other recordings</Trans>
      </h2>
      <ul>
        {items.map((item) => (
          <li key={item.key} className="border-b border-line py-3">
            <div className="flex flex-wrap justify-between gap-x-4">
              <span className="min-w-0 font-bold wrap-anywhere">
                {item.file.name.normalize("NFC")}
              </span>
              <span className="text-14 text-ink-2">
                {item.phase === "failed" ? (
                  fileSize(item.file.size, i18n.locale)
                ) : (
                  <TimeLeft item={item} />
                )}
              </span>
            </div>
            {item.phase === "failed" && <Stopped item={item} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A recording that stopped, with its sentence and what can be done. */
export function Stopped({ item }: { item: QueuedFile }) {
  const kind = item.problem?.kind ?? "refused";
  const chooseAgain =
    kind === "empty" || kind === "unreadable" || kind === "other-file" || kind === "wrong-kind";
  return (
    <div role="alert" className="mt-1">
      <p className="text-16">{problemSentence(item)}</p>
      <p className="mt-2 flex flex-wrap gap-2">
        {chooseAgain ? (
          <FilePick onPick={([file]) => file && uploads().again(item.key, file)}>
            <Trans>Choose the file again</Trans>
          </FilePick>
        ) : kind === "signed-out" ? (
          <Link to="/sign-in" search={{ next: "/add" }} className={PLAIN}>
            <Trans>Sign in</Trans>
          </Link>
        ) : (
          <button type="button" className={PLAIN} onClick={() => uploads().resume(item.key)}>
            {kind === "gone" ? <Trans>Send it again</Trans> : <Trans>Try again</Trans>}
          </button>
        )}
        <button
          type="button"
          className="link min-h-11 px-3"
          onClick={() => void uploads().cancel(item.key)}
        >
          <Trans>Leave this one out</Trans>
        </button>
      </p>
    </div>
  );
}
