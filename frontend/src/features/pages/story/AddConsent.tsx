/** Puts a consent on record: who gave it, in which words, for which uses. */

import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { client, taken } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import { Button } from "@/shared/ui/Button";
import { FIELD, Field } from "@/shared/ui/Field";

const USES = ["listen", "read", "publish_online", "quote", "download", "process_by_ai"] as const;
const KINDS = ["consent_agreement", "release_form", "contributor_statement"] as const;
type Use = (typeof USES)[number];
type Kind = (typeof KINDS)[number];

export function AddConsent({ storyId }: { storyId: string }) {
  const { t, i18n } = useLingui();
  const id = useId();
  const queries = useQueryClient();
  const [kind, setKind] = useState<Kind>("consent_agreement");
  const [scope, setScope] = useState<Use[]>([]);
  const [givenBy, setGivenBy] = useState("");
  const [statement, setStatement] = useState("");
  const add = useMutation({
    mutationFn: () =>
      taken(
        client.POST("/api/v1/stories/{story_id}/consents", {
          params: { path: { story_id: storyId } },
          body: {
            kind,
            scope,
            statement,
            given_by: givenBy,
            language: i18n.locale === "en-XA" ? "en" : i18n.locale,
          },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["story", storyId] }),
  });
  const uses: Record<Use, string> = {
    listen: t`Listen`,
    read: t`Read`,
    publish_online: t`Publish online`,
    quote: t`Quote`,
    download: t`Download`,
    process_by_ai: t`Let a computer write down the words`,
  };
  const kinds: Record<Kind, string> = {
    consent_agreement: t`Consent agreement`,
    release_form: t`Release form`,
    contributor_statement: t`Stated by the person who sent the recording`,
  };
  return (
    <details className="mt-3 border-t border-line">
      <summary className="min-h-11 py-2.5">
        <Trans>Put a consent on record</Trans>
      </summary>
      <form
        className="space-y-4 pb-4"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <div>
          <label htmlFor={`${id}k`} className="mb-1 block font-bold">
            <Trans>Kind</Trans>
          </label>
          <select
            id={`${id}k`}
            className={FIELD}
            value={kind}
            onChange={(event) => setKind(event.target.value as Kind)}
          >
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {kinds[one]}
              </option>
            ))}
          </select>
        </div>
        <Field
          label={<Trans>Who gave it</Trans>}
          required
          value={givenBy}
          onChange={(event) => setGivenBy(event.target.value)}
        />
        <div>
          <label htmlFor={`${id}s`} className="mb-1 block font-bold">
            <Trans>In which words</Trans>
          </label>
          <textarea
            id={`${id}s`}
            required
            rows={4}
            className={FIELD}
            value={statement}
            onChange={(event) => setStatement(event.target.value)}
          />
        </div>
        <fieldset>
          <legend className="font-bold">
            <Trans>What it allows</Trans>
          </legend>
          {USES.map((use) => (
            <label key={use} className="flex min-h-11 items-center gap-3">
              <input
                type="checkbox"
                className="size-5 shrink-0 accent-ink"
                checked={scope.includes(use)}
                onChange={() =>
                  setScope(
                    scope.includes(use) ? scope.filter((one) => one !== use) : [...scope, use],
                  )
                }
              />
              {uses[use]}
            </label>
          ))}
        </fieldset>
        {add.error && (
          <p role="alert">
            {add.error instanceof Problem && add.error.message ? (
              add.error.message
            ) : (
              <Trans>It did not work. Nothing was changed; try again.</Trans>
            )}
          </p>
        )}
        {add.isSuccess && (
          <p role="status">
            <Trans>The consent is on record.</Trans>
          </p>
        )}
        <Button type="submit" disabled={scope.length === 0 || add.isPending}>
          <Trans>Put it on record</Trans>
        </Button>
      </form>
    </details>
  );
}
