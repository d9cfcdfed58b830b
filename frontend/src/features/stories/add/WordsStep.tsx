/** May a computer write down the words? No means that nothing transcribes. Then the story begins. */
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { Problem } from "@/shared/api/problem";
import { Button } from "@/shared/ui/Button";
import { storyQuery } from "../queries";
import { Choices } from "./Choices";
import { DraftNote } from "./ConsentStep";
import { consentText, withName } from "./consentTexts";
import { calledAs, type Draft, newStoryKey } from "./draft";
import { Frame } from "./Frame";
import { ReadAloud } from "./ReadAloud";
import { saveAnswers } from "./saveAnswers";

type Props = { draft: Draft; change: (draft: Partial<Draft>) => void };

export function WordsStep({ draft, change }: Props) {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  const client = useQueryClient();
  const own = consentText(i18n.locale).tag;
  const text = consentText(draft.askedIn ?? own);
  const name = calledAs(draft);
  const choices = (["yes", "no"] as const).map((value) => ({
    value,
    title: text.words[value][0],
    note: withName(text.words[value][1], name),
  }));
  const save = useMutation({
    mutationFn: () => {
      const storyKey = draft.storyKey || newStoryKey();
      // Kept on the device before anything is sent: an answer may be lost, and the page be closed.
      if (storyKey !== draft.storyKey) change({ storyKey });
      return saveAnswers({ ...draft, storyKey });
    },
    onSuccess: async (kept) => {
      change(kept);
      await client.invalidateQueries({ queryKey: ["story", kept.storyId] });
      // On a slow line this question stands until the next one can be asked.
      await client.prefetchQuery(storyQuery(kept.storyId));
      navigate({
        to: "/add/$step",
        params: { step: "recording" },
        search: { story: kept.storyId },
      });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft.words !== null && !save.isPending) save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Frame
        step="words"
        heading={text.words.question}
        headingLang={text.tag}
        lead={
          <Trans>
            Nobody but you and the people of the archive sees the machine’s words before somebody
            has agreed to open the story.
          </Trans>
        }
        back={{ to: "consent" }}
        leave={<Trans>Save and leave</Trans>}
        foot={
          <Button main type="submit" disabled={draft.words === null || save.isPending}>
            <Trans>Continue</Trans>
          </Button>
        }
      >
        <ReadAloud
          first={own}
          tag={text.tag}
          text={[text.words.question, ...choices.map((one) => `${one.title}. ${one.note}`)].join(
            " ",
          )}
          onChoose={(askedIn) => change({ askedIn })}
        />
        <Choices
          name="words"
          legend={text.words.question}
          lang={text.tag}
          value={draft.words === null ? null : draft.words ? "yes" : "no"}
          choices={choices}
          onChange={(value) => change({ words: value === "yes", askedIn: text.tag })}
        />
        {text.draft && <DraftNote />}
        {save.isError && (
          <p role="alert" className="mt-4 border-l-[1.5px] border-ink pl-4">
            {save.error instanceof Problem && save.error.message ? (
              save.error.message
            ) : (
              <Trans>
                The archive did not answer. Your answers are kept here. Try again in a moment.
              </Trans>
            )}
          </p>
        )}
      </Frame>
    </form>
  );
}
