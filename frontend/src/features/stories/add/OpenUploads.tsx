/** Uploads that were begun and not finished: choose the same file again, only the rest is sent. */
import { Trans, useLingui } from "@lingui/react/macro";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { closeUpload, type OpenOne, openUploads, uploads } from "@/features/recordings/upload";
import { MAIN } from "@/shared/ui/Button";
import { FilePick } from "./FilePick";
import { fetchSending } from "./parts";
import { fileSize } from "./sizes";

export const openUploadsQuery = (account: string) =>
  queryOptions({
    queryKey: ["open-uploads", account],
    queryFn: () => openUploads(account),
    staleTime: 0,
  });

type Props = { account: string; storyId?: string; whenNone?: boolean };

/** Those that this page is not sending already; of one story, or of all. */
export function useOpenUploads(account: string, storyId?: string): OpenOne[] | undefined {
  const { data } = useQuery(openUploadsQuery(account));
  const mine = uploads().snapshot();
  return data?.filter(
    (one) =>
      (storyId === undefined || one.storyId === storyId) &&
      one.state !== "checking" &&
      !mine.some(({ uploadId }) => uploadId === one.id),
  );
}

export function OpenUploads({ account, storyId, whenNone = false }: Props) {
  const open = useOpenUploads(account, storyId);
  if (open === undefined) return null;
  if (open.length === 0) {
    if (!whenNone || storyId === undefined) return null;
    return (
      <>
        <p className="mt-4">
          <Trans>No recording of this story is on its way.</Trans>
        </p>
        <p className="mt-6">
          <Link
            to="/add/$step"
            params={{ step: "recording" }}
            search={{ story: storyId }}
            className={MAIN}
          >
            <Trans>Choose the recording</Trans>
          </Link>
        </p>
      </>
    );
  }
  return (
    <section aria-labelledby="unfinished" className="mt-6">
      <h2 id="unfinished" className="text-20">
        <Trans>Not finished yet</Trans>
      </h2>
      <p className="text-ink-2">
        <Trans>Choose the same file again. Only the missing parts are sent.</Trans>
      </p>
      <ul className="mt-3 border-t-[1.5px] border-ink">
        {open.map((one) => (
          <Unfinished key={one.id} account={account} one={one} />
        ))}
      </ul>
    </section>
  );
}

function Unfinished({ account, one }: { account: string; one: OpenOne }) {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  const client = useQueryClient();
  useEffect(fetchSending, []);
  const [sure, setSure] = useState(false);
  const { received, partCount } = one;
  const goOn = (file: File | undefined) => {
    if (file === undefined || one.storyId === null) return;
    uploads().add([file], one.storyId, one.resume);
    navigate({ to: "/add/$step", params: { step: "sending" }, search: { story: one.storyId } });
  };
  const close = async () => {
    await closeUpload(account, one.id).catch(() => {});
    client.invalidateQueries({ queryKey: ["open-uploads", account] });
  };
  return (
    <li className="border-b border-line py-4 last:border-0">
      <p className="font-bold wrap-anywhere">{one.filename.normalize("NFC")}</p>
      <p className="text-14 text-ink-2">
        {fileSize(one.sizeBytes, i18n.locale)} ·{" "}
        <Trans>
          {received} of {partCount} parts are with us and checked.
        </Trans>
      </p>
      {one.reason && <p className="mt-1">{one.reason}</p>}
      <p className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <FilePick main onPick={([file]) => goOn(file)}>
          <Trans>Choose the same file</Trans>
        </FilePick>
        {sure ? (
          <button type="button" className="link min-h-11" onClick={close}>
            <Trans>Yes, throw the sent parts away</Trans>
          </button>
        ) : (
          <button type="button" className="link min-h-11" onClick={() => setSure(true)}>
            <Trans>Do not send it</Trans>
          </button>
        )}
      </p>
    </li>
  );
}
