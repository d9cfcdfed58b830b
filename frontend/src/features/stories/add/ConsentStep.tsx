/** Who may hear the story: read to the narrator in a language of theirs, answered by them. */
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { Button } from "@/shared/ui/Button";
import { Choices } from "./Choices";
import { ANSWERS, type Answer, consentText, withName } from "./consentTexts";
import { calledAs, type Draft } from "./draft";
import { Frame } from "./Frame";
import { ReadAloud } from "./ReadAloud";

type Props = { draft: Draft; change: (draft: Partial<Draft>) => void };

/** Said under a question that no native reader has checked. */
export function DraftNote() {
  return (
    <p className="mt-3 text-14 text-ink-2">
      <Trans>A machine drafted this translation. Nobody has checked it yet.</Trans>
    </p>
  );
}

export function ConsentStep({ draft, change }: Props) {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  const name = calledAs(draft);
  const own = consentText(i18n.locale).tag;
  const text = consentText(draft.askedIn ?? own);
  const choices = ANSWERS.map((value) => ({
    value,
    title: text.answers[value][0],
    note: withName(text.answers[value][1], name),
  }));
  const aloud = [text.question, ...choices.map(({ title, note }) => `${title}. ${note}`)].join(" ");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft.answer !== null) navigate({ to: "/add/$step", params: { step: "words" } });
  };
  return (
    <form onSubmit={submit}>
      <Frame
        step="consent"
        heading={text.question}
        headingLang={text.tag}
        lead={
          <Trans>
            Read it to {name} in the language they like best, and choose what they say. They can
            change it later, at any time.
          </Trans>
        }
        back={{ to: "who" }}
        leave={<Trans>Save and leave</Trans>}
        foot={
          <Button main type="submit" disabled={draft.answer === null}>
            <Trans>Continue</Trans>
          </Button>
        }
        footNote={
          <Trans>The answer is kept with the story, word for word. On paper is fine too.</Trans>
        }
      >
        <ReadAloud
          first={own}
          tag={text.tag}
          text={aloud}
          onChoose={(askedIn) => change({ askedIn })}
        />
        <Choices<Answer>
          name="audience"
          legend={text.question}
          lang={text.tag}
          value={draft.answer}
          choices={choices}
          onChange={(answer) => change({ answer, askedIn: text.tag })}
        />
        {text.draft && <DraftNote />}
      </Frame>
    </form>
  );
}
