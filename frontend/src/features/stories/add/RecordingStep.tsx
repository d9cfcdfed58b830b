/** Choose the recordings, one or several, and say which languages are spoken in them. */
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { uploads } from "@/features/recordings/upload";
import { api } from "@/shared/api/client";
import type { Story } from "@/shared/api/contract";
import { Problem } from "@/shared/api/problem";
import { Button } from "@/shared/ui/Button";
import { Icon } from "@/shared/ui/Icon";
import { Advice } from "../parts/Advice";
import { LanguageChips } from "../parts/LanguageChips";
import { FilePick } from "./FilePick";
import { Frame } from "./Frame";
import { fileSize } from "./sizes";

export default function RecordingStep({ story }: { story: Story }) {
  const { i18n, t } = useLingui();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [files, setFiles] = useState<File[]>([]);
  const [languages, setLanguages] = useState<string[]>(story.languages);
  const add = (more: File[]) =>
    setFiles((old) => [
      ...old,
      ...more.filter(
        (file) => !old.some(({ name, size }) => name === file.name && size === file.size),
      ),
    ]);
  const send = useMutation({
    mutationFn: async () => {
      if (JSON.stringify(languages) === JSON.stringify(story.languages)) return;
      const path = `/stories/${encodeURIComponent(story.id)}`;
      const { version } = await api.get<Story>(path);
      await api.patch<Story>(path, { version, languages });
    },
    onSuccess: () => {
      client.invalidateQueries({ queryKey: ["story", story.id] });
      uploads().add(files, story.id);
      navigate({ to: "/add/$step", params: { step: "sending" }, search: { story: story.id } });
    },
  });
  return (
    <Frame
      step="recording"
      heading={<Trans>Choose the recording</Trans>}
      lead={
        <Trans>
          Sound or film, as it is on this phone. Nothing is cut or changed. To record now, use the
          phone’s own recorder and come back; your answers are kept.
        </Trans>
      }
      back={{ to: "words", story: story.id }}
      leave={<Trans>Save and leave</Trans>}
      foot={
        <Button main disabled={files.length === 0 || send.isPending} onClick={() => send.mutate()}>
          <Trans>Send it</Trans>
        </Button>
      }
      footNote={
        <Trans>
          It goes in parts. If the line breaks or the phone sleeps, it goes on from there.
        </Trans>
      }
    >
      <p className="mt-6">
        <FilePick several onPick={add}>
          {files.length === 0 ? <Trans>Choose files</Trans> : <Trans>Choose more</Trans>}
        </FilePick>
      </p>
      <div aria-live="polite">
        {files.length > 0 && (
          <ul className="mt-4 border-t border-line">
            {files.map((file) => (
              <li
                key={`${file.name}${file.size}`}
                className="flex items-center gap-x-3 border-b border-line py-1"
              >
                <span className="min-w-0 flex-1 py-2">
                  <span className="block font-bold wrap-anywhere">
                    {file.name.normalize("NFC")}
                  </span>
                  <span className="text-14 text-ink-2">
                    {file.size === 0 ? (
                      <Trans>The phone gives this file empty. It may still be in the cloud.</Trans>
                    ) : (
                      fileSize(file.size, i18n.locale)
                    )}
                  </span>
                </span>
                <button
                  type="button"
                  aria-label={t`Take ${file.name} away`}
                  className="inline-flex size-11 shrink-0 items-center justify-center"
                  onClick={() => setFiles(files.filter((one) => one !== file))}
                >
                  <Icon name="cross" />
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="mt-8 border-t-[1.5px] border-ink pt-4">
        <LanguageChips
          legend={
            <>
              <span className="block font-bold">
                <Trans>Which languages are spoken?</Trans>
              </span>
              <span className="block text-14 text-ink-2">
                <Trans>
                  Choose all that you hear, also for single sentences. If you do not know, leave it.
                </Trans>
              </span>
            </>
          }
          chosen={languages}
          onChange={setLanguages}
        />
        {story.machine_text_allowed && <Advice languages={languages} />}
      </div>
      {send.isError && (
        <p role="alert" className="mt-4 border-l-[1.5px] border-ink pl-4">
          {send.error instanceof Problem && send.error.message ? (
            send.error.message
          ) : (
            <Trans>
              The archive did not answer. Your recording is on this phone. Try again in a moment.
            </Trans>
          )}
        </p>
      )}
    </Frame>
  );
}
