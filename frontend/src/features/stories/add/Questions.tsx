/** The questions before there is a story: who tells it, who may hear it, may a computer write. */
import { ConsentStep } from "./ConsentStep";
import type { Draft } from "./draft";
import type { Step } from "./steps";
import { WhoStep } from "./WhoStep";
import { WordsStep } from "./WordsStep";

type Props = { step: Step; draft: Draft; change: (draft: Partial<Draft>) => void };

export default function Questions({ step, draft, change }: Props) {
  if (step === "who") return <WhoStep draft={draft} change={change} />;
  if (step === "consent") return <ConsentStep draft={draft} change={change} />;
  return <WordsStep draft={draft} change={change} />;
}
