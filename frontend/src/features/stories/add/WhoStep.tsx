/** Who tells the story: a plain field first, further forms of the name where somebody wants them. */
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useId } from "react";
import { ownName } from "@/shared/lib/languages";
import { Button } from "@/shared/ui/Button";
import { FIELD, Field } from "@/shared/ui/Field";
import { Icon } from "@/shared/ui/Icon";
import { SPOKEN } from "../parts/spoken";
import { calledAs, type Draft, type NameForm } from "./draft";
import { Frame } from "./Frame";

type Props = { draft: Draft; change: (draft: Partial<Draft>) => void };

function Form({
  form,
  onChange,
  onRemove,
}: {
  form: NameForm;
  onChange: (form: NameForm) => void;
  onRemove: () => void;
}) {
  const { t } = useLingui();
  const id = useId();
  return (
    <div className="mt-4 grid grid-cols-[1fr_auto] items-end gap-2">
      <Field
        label={<Trans>Another form of the name</Trans>}
        value={form.text}
        autoComplete="off"
        {...(form.language ? { lang: form.language } : {})}
        onChange={(event) => onChange({ ...form, text: event.target.value })}
      />
      <button
        type="button"
        aria-label={t`Take this form away`}
        className="inline-flex size-11 items-center justify-center"
        onClick={onRemove}
      >
        <Icon name="cross" />
      </button>
      <div className="col-span-2">
        <label htmlFor={id} className="mb-1 block text-14 text-ink-2">
          <Trans>In which language</Trans>
        </label>
        <select
          id={id}
          className={FIELD}
          value={form.language}
          onChange={(event) => onChange({ ...form, language: event.target.value })}
        >
          <option value="">{t`I do not know`}</option>
          {SPOKEN.map((tag) => (
            <option key={tag} value={tag} lang={tag}>
              {ownName(tag)}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

export function WhoStep({ draft, change }: Props) {
  const navigate = useNavigate();
  const ready = calledAs(draft) !== "";
  const people = draft.narrators;
  const set = (person: number, forms: NameForm[]) =>
    change({
      narrators: people
        .map((old, index) => (index === person ? forms : old))
        .filter((one, index) => index === 0 || one.length > 0),
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) navigate({ to: "/add/$step", params: { step: "consent" } });
  };
  return (
    <form onSubmit={submit}>
      <Frame
        step="who"
        heading={<Trans>Who tells the story?</Trans>}
        lead={<Trans>Write the name as they would write it themselves.</Trans>}
        leave={<Trans>Save and leave</Trans>}
        foot={
          <Button main type="submit" disabled={!ready}>
            <Trans>Continue</Trans>
          </Button>
        }
      >
        {people.map((forms, person) => (
          <fieldset
            // biome-ignore lint/suspicious/noArrayIndexKey: people have no other identity yet.
            key={person}
            className={person > 0 ? "mt-6 border-t border-line pt-6" : "mt-6"}
          >
            <legend className="sr-only">
              <Trans>Person {person + 1}</Trans>
            </legend>
            <div className={person > 0 ? "grid grid-cols-[1fr_auto] items-end gap-2" : ""}>
              <Field
                label={<Trans>Name</Trans>}
                value={forms[0]?.text ?? ""}
                autoComplete="off"
                onChange={(event) =>
                  set(person, [
                    { language: "", ...forms[0], text: event.target.value },
                    ...forms.slice(1),
                  ])
                }
              />
              {person > 0 && <RemovePerson onRemove={() => set(person, [])} />}
            </div>
            {forms.slice(1).map((form, index) => (
              <Form
                // biome-ignore lint/suspicious/noArrayIndexKey: forms have no other identity yet.
                key={index}
                form={form}
                onChange={(next) =>
                  set(
                    person,
                    forms.map((old, at) => (at === index + 1 ? next : old)),
                  )
                }
                onRemove={() =>
                  set(
                    person,
                    forms.filter((_, at) => at !== index + 1),
                  )
                }
              />
            ))}
            <button
              type="button"
              className="link mt-2 min-h-11 text-left"
              onClick={() => set(person, [...forms, { text: "", language: "" }])}
            >
              <Trans>Add another form of the name</Trans>
            </button>
            {person === 0 && forms.length === 1 && (
              <p className="text-14 text-ink-2">
                <Trans>
                  The same name in another script, a name from before a marriage, what the family
                  calls them. Searching then finds each of them.
                </Trans>
              </p>
            )}
          </fieldset>
        ))}
        <p className="mt-6 border-t border-line pt-3">
          <button
            type="button"
            className="link min-h-11 text-left"
            onClick={() => change({ narrators: [...people, [{ text: "", language: "" }]] })}
          >
            <Trans>Somebody else tells it too</Trans>
          </button>
        </p>
      </Frame>
    </form>
  );
}

function RemovePerson({ onRemove }: { onRemove: () => void }) {
  const { t } = useLingui();
  return (
    <button
      type="button"
      aria-label={t`Take this person away`}
      className="inline-flex size-11 items-center justify-center"
      onClick={onRemove}
    >
      <Icon name="cross" />
    </button>
  );
}
