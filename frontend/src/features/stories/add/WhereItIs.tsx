/** Where the story is on its way: received, written down, checked by you, open as was agreed. */
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { Story } from "@/shared/api/contract";
import { langOf } from "@/shared/lib/languages";
import { Icon } from "@/shared/ui/Icon";

export type At = "receiving" | "writing" | "check" | "open";

type Stop = { at: At; title: ReactNode; note: ReactNode };

/** What the narrator said about who may hear it, in the words that were read to them. */
export function Agreed({ story }: { story: Story }) {
  const newest = story.consents.at(-1);
  const said = newest?.statement.split("\n")[0];
  if (newest === undefined || !said) return <Trans>As soon as the narrator has agreed.</Trans>;
  return (
    <>
      <Trans>As the narrator answered. They can change it at any time.</Trans>{" "}
      <q {...langOf(newest.language)}>{said}</q>
    </>
  );
}

export function WhereItIs({ story, at }: { story: Story; at: At }) {
  const stops: Stop[] = [
    {
      at: "receiving",
      title: at === "receiving" ? <Trans>On its way</Trans> : <Trans>Received</Trans>,
      note: <Trans>Checked twice. The original is never changed.</Trans>,
    },
    ...(story.machine_text_allowed
      ? [
          {
            at: "writing" as const,
            title: at === "check" ? <Trans>Written down</Trans> : <Trans>Writing it down</Trans>,
            note: <Trans>A computer listens and writes.</Trans>,
          },
        ]
      : []),
    {
      at: "check",
      title: <Trans>Your check</Trans>,
      note: <Trans>You correct the words, with the narrator where you can.</Trans>,
    },
    { at: "open", title: <Trans>Open</Trans>, note: <Agreed story={story} /> },
  ];
  const here = stops.findIndex((stop) => stop.at === at);
  return (
    <section aria-labelledby="where">
      <h2 id="where" className="text-16 font-bold">
        <Trans>Where your story is</Trans>
      </h2>
      <ol className="mt-3">
        {stops.map((stop, index) => (
          <li
            key={stop.at}
            aria-current={index === here ? "step" : undefined}
            className="relative flex gap-x-3 pb-5 last:pb-0"
          >
            {index < stops.length - 1 && (
              <span aria-hidden="true" className="absolute top-7 bottom-1 left-3 w-px bg-edge" />
            )}
            {index < here ? (
              <span className="inline-flex size-6 shrink-0 items-center justify-center rounded-full bg-ink text-paper">
                <Icon name="check" size={14} />
              </span>
            ) : (
              <span
                aria-hidden="true"
                className={`size-6 shrink-0 rounded-full ${index === here ? "border-[7px] border-accent" : "border border-edge"}`}
              />
            )}
            <span>
              <span className="block font-bold">{stop.title}</span>
              <span className="block text-16 text-ink-2">{stop.note}</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
