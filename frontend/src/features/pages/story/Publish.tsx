/** The archivist's decision: who may hear this story. The server asks for the consent behind it. */

import { Trans } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { client, taken } from "@/shared/api/client";
import type { Level, Story } from "@/shared/api/contract";
import { Problem } from "@/shared/api/problem";
import { Button } from "@/shared/ui/Button";
import { AddConsent } from "./AddConsent";

function Choice({
  value,
  chosen,
  choose,
  children,
  note,
}: {
  value: Level;
  chosen: Level | null;
  choose: (level: Level) => void;
  children: ReactNode;
  note: ReactNode;
}) {
  const on = chosen === value;
  return (
    <label
      className={`flex min-h-11 cursor-pointer items-start gap-3 border-b border-line px-3 py-2 ${on ? "bg-paper-2" : ""}`}
    >
      <input
        type="radio"
        name="level"
        className="mt-0.5 size-5 shrink-0 appearance-none rounded-full border-[1.5px] border-edge bg-paper checked:border-[6px] checked:border-accent"
        checked={on}
        onChange={() => choose(value)}
      />
      <span>
        <span className="block font-bold">{children}</span>
        <span className="block text-14 text-ink-2">{note}</span>
      </span>
    </label>
  );
}

export function Publish({ story }: { story: Story }) {
  const queries = useQueryClient();
  const [level, setLevel] = useState<Level | null>(null);
  const settle = () => queries.invalidateQueries({ queryKey: ["story", story.id] });
  const params = { path: { story_id: story.id } };
  const publish = useMutation({
    mutationFn: (to: Level) =>
      taken(client.POST("/api/v1/stories/{story_id}/publish", { params, body: { level: to } })),
    onSuccess: settle,
  });
  const takeBack = useMutation({
    mutationFn: () => taken(client.POST("/api/v1/stories/{story_id}/unpublish", { params })),
    onSuccess: settle,
  });
  const error = publish.error ?? takeBack.error;
  const draft = story.state === "draft";
  return (
    <section aria-labelledby="publish" className="border-t-[1.5px] border-ink pt-4">
      <h2 id="publish" className="font-bold">
        {draft ? (
          <Trans>Only you and the archive see this</Trans>
        ) : (
          <Trans>Who may hear this</Trans>
        )}
      </h2>
      {draft ? (
        <form
          className="mt-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (level) publish.mutate(level);
          }}
        >
          <fieldset className="border-t border-line">
            <legend className="sr-only">
              <Trans>Who may hear this</Trans>
            </legend>
            <Choice
              value="public"
              chosen={level}
              choose={setLevel}
              note={<Trans>Anyone can find it and listen.</Trans>}
            >
              <Trans>Everyone</Trans>
            </Choice>
            <Choice
              value="registered"
              chosen={level}
              choose={setLevel}
              note={<Trans>People who have signed in.</Trans>}
            >
              <Trans>People with an account</Trans>
            </Choice>
            <Choice
              value="staff"
              chosen={level}
              choose={setLevel}
              note={<Trans>Volunteers and archivists.</Trans>}
            >
              <Trans>This archive only</Trans>
            </Choice>
          </fieldset>
          <Button type="submit" main className="mt-4" disabled={!level || publish.isPending}>
            <Trans>Publish</Trans>
          </Button>
        </form>
      ) : (
        <>
          <p>
            {story.level === "public" ? (
              <Trans>Everyone may find it and listen.</Trans>
            ) : story.level === "registered" ? (
              <Trans>People with an account may find it and listen.</Trans>
            ) : (
              <Trans>Volunteers and archivists may find it and listen.</Trans>
            )}
          </p>
          <Button className="mt-3" disabled={takeBack.isPending} onClick={() => takeBack.mutate()}>
            <Trans>Take it back</Trans>
          </Button>
        </>
      )}
      {error && (
        <p role="alert" className="mt-3">
          {error instanceof Problem && error.message ? (
            error.message
          ) : (
            <Trans>It did not work. Nothing was changed; try again.</Trans>
          )}
        </p>
      )}
      {draft && <AddConsent storyId={story.id} />}
    </section>
  );
}
