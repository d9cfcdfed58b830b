/** What else is known of the story; every field may stay empty. */
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import { api } from "@/shared/api/client";
import type { Story } from "@/shared/api/contract";
import { Problem } from "@/shared/api/problem";
import { Button } from "@/shared/ui/Button";
import { FIELD, Field } from "@/shared/ui/Field";
import { Frame } from "./Frame";

export default function DetailsStep({ story }: { story: Story }) {
  const { t } = useLingui();
  const id = useId();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [told, setTold] = useState({
    title: story.title,
    place: story.place ?? "",
    recorded_on: story.recorded_on ?? "",
    description: story.description ?? "",
  });
  const set = (field: keyof typeof told) => (event: { target: { value: string } }) =>
    setTold({ ...told, [field]: event.target.value });
  const done = () =>
    navigate({ to: "/add/$step", params: { step: "done" }, search: { story: story.id } });
  const save = useMutation({
    mutationFn: async () => {
      const path = `/stories/${encodeURIComponent(story.id)}`;
      // Read anew: while the words came in, the archive itself may have changed the story.
      const { version } = await api.get<Story>(path);
      await api.patch<Story>(path, {
        version,
        title: told.title.trim(),
        place: told.place.trim() || null,
        recorded_on: told.recorded_on.trim() || null,
        description: told.description.trim(),
      });
    },
    onSuccess: () => {
      client.invalidateQueries({ queryKey: ["story", story.id] });
      done();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Frame
        step="details"
        heading={<Trans>What do you know about it?</Trans>}
        lead={<Trans>Leave out whatever you do not know. Everything can be changed later.</Trans>}
        back={{ to: "sending", story: story.id }}
        foot={
          <>
            <Button onClick={done}>
              <Trans>Skip</Trans>
            </Button>
            <Button main type="submit" disabled={save.isPending}>
              <Trans>Save</Trans>
            </Button>
          </>
        }
      >
        <div className="mt-6 flex flex-col gap-y-6">
          <Field
            label={<Trans>A title</Trans>}
            note={<Trans>What the family calls this story, in any language.</Trans>}
            value={told.title}
            maxLength={500}
            autoComplete="off"
            onChange={set("title")}
          />
          <Field
            label={<Trans>Where it was recorded</Trans>}
            value={told.place}
            maxLength={300}
            autoComplete="off"
            onChange={set("place")}
          />
          <Field
            label={<Trans>When it was recorded</Trans>}
            note={<Trans>A year, a month or a day: 1984, 1984-05 or 1984-05-17.</Trans>}
            placeholder={t`for example 1984-05`}
            value={told.recorded_on}
            maxLength={40}
            autoComplete="off"
            onChange={set("recorded_on")}
          />
          <div>
            <label htmlFor={id} className="mb-1 block font-bold">
              <Trans>What it is about</Trans>
            </label>
            <textarea
              id={id}
              className={`${FIELD} min-h-32 leading-(--lh)`}
              value={told.description}
              onChange={set("description")}
            />
          </div>
        </div>
        {save.isError && (
          <p role="alert" className="mt-4 border-l-[1.5px] border-ink pl-4">
            {save.error instanceof Problem && save.error.message ? (
              save.error.message
            ) : (
              <Trans>
                The archive did not answer. What you wrote is still here. Try again in a moment.
              </Trans>
            )}
          </p>
        )}
      </Frame>
    </form>
  );
}
