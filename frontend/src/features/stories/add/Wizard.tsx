/** The wizard: who is asked, which question, and what was answered before. */
import { Navigate } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { NothingHere } from "@/features/accounts/shell/Shell";
import { calledAs, type Draft, dropDraft, EMPTY, keepDraft, loadDraft } from "./draft";
import { Waiting } from "./Frame";
import { Gate } from "./Gate";
import { fetchSending } from "./parts";
import { isStep, NEEDS_STORY } from "./steps";

// The questions need no uploader, and the uploader none of their nine languages: each comes alone.
const Questions = lazy(() => import("./Questions"));
const loadOfStory = () => import("./OfStory");
const OfStory = lazy(loadOfStory);
const StartStep = lazy(() => import("./StartStep"));

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
  const waiting = <Waiting step={isStep(step) ? step : "done"} />;
  return (
    <Gate waiting={waiting}>
      {(account) => (
        <Suspense fallback={waiting}>
          <Asked key={account.id} account={account.id} step={step} story={story} />
        </Suspense>
      )}
    </Gate>
  );
}

function Asked({ account, step, story }: Props & { account: string }) {
  const { draft, change, begin } = useDraft(account);
  // Fetched while the questions are answered: the line may be gone when the recording is chosen.
  const watching = step === "sending";
  useEffect(() => {
    if (watching) return;
    loadOfStory().catch(() => {});
    fetchSending();
  }, [watching]);
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
  return <Questions step={step} draft={draft} change={change} />;
}
