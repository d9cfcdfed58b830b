/** Asking the machine again, with other languages or another model. */

import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Advice } from "@/features/stories/parts/Advice";
import { LanguageChips } from "@/features/stories/parts/LanguageChips";
import { client, taken } from "@/shared/api/client";
import type { Recording, Story } from "@/shared/api/contract";
import { Problem } from "@/shared/api/problem";
import { Button } from "@/shared/ui/Button";
import { FIELD } from "@/shared/ui/Field";

const MODELS = ["tiny", "base", "small", "medium", "large-v3-turbo"];

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
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <LanguageChips
          legend={
            <span className="text-14 text-ink-2">
              <Trans>Languages to listen for; none means any.</Trans>
            </span>
          }
          chosen={languages}
          onChange={setLanguages}
        />
        <label htmlFor={id} className="mt-3 block text-14 text-ink-2">
          <Trans>Model; a larger one is slower and hears more.</Trans>
        </label>
        <select
          id={id}
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
        <Advice languages={languages} model={model} />
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
