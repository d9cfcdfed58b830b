/** The wizard: who is asked, which question, and what was answered before. */
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { NothingHere } from "@/features/accounts/shell/Shell";
import { isAbsent } from "@/shared/api/problem";
import { storyQuery } from "../queries";
import { ConsentStep } from "./ConsentStep";
import { DetailsStep } from "./DetailsStep";
import { DoneStep } from "./DoneStep";
import { calledAs, type Draft, dropDraft, EMPTY, keepDraft, loadDraft } from "./draft";
import { Gate } from "./Gate";
import { RecordingStep } from "./RecordingStep";
import { SendingStep } from "./SendingStep";
import { StartStep } from "./StartStep";
import { isStep, NEEDS_STORY, type Step } from "./steps";
import { useUploadOwner } from "./useQueue";
import { WhoStep } from "./WhoStep";
import { WordsStep } from "./WordsStep";

function useDraft(account: string) {
  const [draft, setDraft] = useState(() => loadDraft(account));
  const change = useCallback(
    (more: Partial<Draft>) =>
      setDraft((old) => {
        const next = { ...old, ...more };
        keepDraft(account, next);
        return next;
      }),
    [account],
  );
  const begin = useCallback(() => {
    dropDraft(account);
    setDraft(EMPTY);
  }, [account]);
  return { draft, change, begin };
}

type Props = { step: string | null; story: string | null };

export function Wizard({ step, story }: Props) {
  useUploadOwner();
  return (
    <Gate>
      {(account) => <Asked key={account.id} account={account.id} step={step} story={story} />}
    </Gate>
  );
}

function Asked({ account, step, story }: Props & { account: string }) {
  const { draft, change, begin } = useDraft(account);
  if (step === null) return <StartStep account={account} draft={draft} change={change} />;
  if (!isStep(step)) return <NothingHere />;
  if (NEEDS_STORY.has(step)) {
    const id = story ?? draft.storyId;
    if (id === "") return <Navigate to="/add/$step" params={{ step: "who" }} replace />;
    return (
      <OfStory
        account={account}
        step={step}
        id={id}
        // What is done need not be gone on with.
        onDone={() => {
          if (draft.storyId === id) begin();
        }}
        onAnother={begin}
      />
    );
  }
  // A question whose earlier ones are open would be asked about nobody.
  if (step !== "who" && calledAs(draft) === "")
    return <Navigate to="/add/$step" params={{ step: "who" }} replace />;
  if (step === "words" && draft.answer === null)
    return <Navigate to="/add/$step" params={{ step: "consent" }} replace />;
  if (step === "who") return <WhoStep draft={draft} change={change} />;
  if (step === "consent") return <ConsentStep draft={draft} change={change} />;
  return <WordsStep draft={draft} change={change} />;
}

type OfStoryProps = {
  account: string;
  step: Step;
  id: string;
  onDone: () => void;
  onAnother: () => void;
};

function OfStory({ account, step, id, onDone, onAnother }: OfStoryProps) {
  const { data: story, error } = useQuery(storyQuery(id));
  if (error && (story === undefined || isAbsent(error))) {
    if (isAbsent(error)) return <NothingHere />;
    throw error;
  }
  if (story === undefined) return null;
  if (!story.may.upload && !story.may.edit) return <NothingHere />;
  if (step === "recording") return <RecordingStep story={story} />;
  if (step === "sending") return <SendingStep story={story} account={account} />;
  if (step === "details") return <DetailsStep story={story} />;
  return <DoneStep story={story} onDone={onDone} onAnother={onAnother} />;
}
