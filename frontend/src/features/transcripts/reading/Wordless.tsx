/** A place without words: why there are none, and a way to listen. */
import { Plural, Trans } from "@lingui/react/macro";
import { Icon } from "@/shared/ui/Icon";
import type { Line } from "./turns";

function Why({ line }: { line: Line }) {
  const reason = "cue" in line ? reasonOf(line) : line.reason;
  if (reason === "known_invented_phrase")
    return <Trans>The machine wrote a phrase it often invents.</Trans>;
  if (reason === "same_text_back_to_back") return <Trans>The machine repeated itself.</Trans>;
  if (reason === "few_voiced_frames")
    return <Trans>It sounds like laughter, music or noise, not words.</Trans>;
  if ("cue" in line) return <Trans>The machine was too unsure of what was said.</Trans>;
  return <Trans>There is sound, and nobody has written it down yet.</Trans>;
}

function reasonOf(line: Extract<Line, { kind: "cue" | "doubtful" }>): string {
  const { cue } = line;
  if (typeof cue.reason === "string") return cue.reason;
  const { reason } = cue.provenance;
  return typeof reason === "string" ? reason : "";
}

export function Wordless({ line, index }: { line: Line; index: number }) {
  const seconds = Math.max(1, Math.round((line.end_ms - line.start_ms) / 1000));
  if (line.kind === "gap")
    return (
      <div className="line-box line-gap">
        <p>
          <strong>
            <Plural value={seconds} one="# second is missing." other="# seconds are missing." />
          </strong>{" "}
          <Trans>The recording has a hole here; the sound is silent.</Trans>
        </p>
      </div>
    );
  const guess = line.kind === "doubtful" ? line.cue.text : "";
  return (
    <div className="line-box flex gap-4">
      <Icon name="ask" className="mt-1 shrink-0" />
      <div className="min-w-0">
        <p>
          <strong>
            {line.kind === "doubtful" ? (
              <Plural
                value={seconds}
                one="# second we could not make out."
                other="# seconds we could not make out."
              />
            ) : (
              <Plural
                value={seconds}
                one="# second without words."
                other="# seconds without words."
              />
            )}
          </strong>{" "}
          <Why line={line} />
        </p>
        {guess && (
          <p className="mt-1 text-ink-2">
            <Trans>Held back from readers:</Trans>{" "}
            <span lang={(line.kind === "doubtful" && line.cue.language) || undefined}>{guess}</span>
          </p>
        )}
        <button type="button" className="link min-h-11 print:hidden" data-start={index}>
          <Trans>Listen</Trans>
        </button>
      </div>
    </div>
  );
}
