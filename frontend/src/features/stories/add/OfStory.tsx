/** The steps that speak of a story the archive knows: recording, sending, details, done. */
import { useQuery } from "@tanstack/react-query";
import { lazy, useEffect } from "react";
import { NothingHere } from "@/features/accounts/shell/Shell";
import { isAbsent } from "@/shared/api/problem";
import { storyQuery } from "../queries";
import { Waiting } from "./Frame";
import { fetchSending, loadRecordingStep } from "./parts";
import { SendingStep } from "./SendingStep";
import type { Step } from "./steps";
import { useUploadOwner } from "./useQueue";

// What comes after the recording is fetched while it is being chosen.
const loadDetails = () => import("./DetailsStep");
const loadDone = () => import("./DoneStep");
const DetailsStep = lazy(loadDetails);
const DoneStep = lazy(loadDone);
const RecordingStep = lazy(loadRecordingStep);

type Props = {
  account: string;
  step: Step;
  id: string;
  onDone: () => void;
  onAnother: () => void;
};

export default function OfStory({ account, step, id, onDone, onAnother }: Props) {
  useUploadOwner();
  // Who only comes to watch the words has a line, and needs them no sooner than they are pressed for.
  const watching = step === "sending";
  useEffect(() => {
    if (!watching) Promise.all([loadDetails(), loadDone()]).catch(() => {});
  }, [watching]);
  const choosing = step === "recording";
  useEffect(() => {
    if (choosing) fetchSending();
  }, [choosing]);
  const { data: story, error } = useQuery(storyQuery(id));
  if (error && (story === undefined || isAbsent(error))) {
    if (isAbsent(error)) return <NothingHere />;
    throw error;
  }
  if (story === undefined) return <Waiting step={step} />;
  if (!story.may.upload && !story.may.edit) return <NothingHere />;
  if (step === "recording") return <RecordingStep story={story} />;
  if (step === "sending") return <SendingStep story={story} account={account} />;
  if (step === "details") return <DetailsStep story={story} />;
  return <DoneStep story={story} onDone={onDone} onAnother={onAnother} />;
}
