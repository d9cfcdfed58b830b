/** What the machine was unsure of in a recording, and asking it again with other languages or another model. */

import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { NEAR, SPOKEN } from "@/features/stories/add/spoken";
import { client, taken } from "@/shared/api/client";
import type { Recording, Story } from "@/shared/api/contract";
import { Problem } from "@/shared/api/problem";
import { ownName } from "@/shared/lib/languages";
import { Button } from "@/shared/ui/Button";
import { FIELD } from "@/shared/ui/Field";
import { Icon } from "@/shared/ui/Icon";

const MODELS = ["tiny", "base", "small", "medium", "large-v3-turbo"];

function Warnings({ recording }: { recording: Recording }) {
  const said = [...recording.warnings, ...(recording.transcript?.warnings ?? [])]
    .map((one) => String(one.sentence ?? ""))
    .filter(Boolean);
  if (said.length === 0) return null;
  return (
    <ul className="mb-3 grid gap-2 text-14">
      {said.map((sentence) => (
        <li key={sentence} lang="en">
          {sentence}
        </li>
      ))}
    </ul>
  );
}

export function Again({ story, recording }: { story: Story; recording: Recording }) {
  const { t } = useLingui();
  const id = useId();
  const queries = useQueryClient();
  const [languages, setLanguages] = useState<string[]>(story.languages);
  const [model, setModel] = useState("");
  const ask = useMutation({
    mutationFn: () =>
      taken(
        client.POST("/api/v1/recordings/{recording_id}/transcribe", {
          params: { path: { recording_id: recording.id } },
          body: { languages, model: model || null },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["story", story.id] }),
  });
  const shown = [...NEAR, ...languages.filter((tag) => !NEAR.includes(tag))];
  const toggle = (tag: string) =>
    setLanguages(
      languages.includes(tag) ? languages.filter((one) => one !== tag) : [...languages, tag],
    );
  return (
    <>
      <Warnings recording={recording} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <fieldset>
          <legend className="text-14 text-ink-2">
            <Trans>Languages to listen for; none means any.</Trans>
          </legend>
          <div className="mt-2 flex flex-wrap gap-2">
            {shown.map((tag) => {
              const on = languages.includes(tag);
              return (
                <button
                  key={tag}
                  type="button"
                  lang={tag}
                  aria-pressed={on}
                  onClick={() => toggle(tag)}
                  className={`inline-flex min-h-11 items-center gap-1.5 rounded-full border px-3 ${on ? "border-ink bg-paper-2 font-bold" : "border-edge"}`}
                >
                  {on && <Icon name="check" size={16} />}
                  {ownName(tag)}
                </button>
              );
            })}
          </div>
          <label htmlFor={`${id}l`} className="sr-only">
            <Trans>Another language</Trans>
          </label>
          <select
            id={`${id}l`}
            className={`${FIELD} mt-2`}
            value=""
            onChange={(event) => toggle(event.target.value)}
          >
            <option value="">{t`Another language`}</option>
            {SPOKEN.filter((tag) => !shown.includes(tag)).map((tag) => (
              <option key={tag} value={tag} lang={tag}>
                {ownName(tag)}
              </option>
            ))}
          </select>
        </fieldset>
        <label htmlFor={`${id}m`} className="mt-3 block text-14 text-ink-2">
          <Trans>Model; a larger one is slower and hears more.</Trans>
        </label>
        <select
          id={`${id}m`}
          className={`${FIELD} mt-1`}
          value={model}
          onChange={(event) => setModel(event.target.value)}
        >
          <option value="">{t`As this archive is set`}</option>
          {MODELS.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <Button type="submit" className="mt-4" disabled={ask.isPending}>
          <Trans>Write the words down again</Trans>
        </Button>
      </form>
      <p role="status" className="mt-2 text-14">
        {ask.isSuccess && (
          <Trans>A new version is being made. The old one is kept and shown until then.</Trans>
        )}
        {ask.error && (ask.error instanceof Problem ? ask.error.message : t`That did not work.`)}
      </p>
    </>
  );
}
