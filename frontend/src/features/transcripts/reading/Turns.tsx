/** The words themselves: drawn once, and never again while the sound runs. */

import { Trans, useLingui } from "@lingui/react/macro";
import { memo, type ReactNode } from "react";
import { langOf, ownName } from "@/shared/lib/languages";
import { clock } from "@/shared/lib/time";
import type { Line, Turn } from "./turns";
import { WithDoubts } from "./Unsure";
import { Wordless } from "./Wordless";
import "./reading.css";

const BLOCK = 40;

/** A guess at how tall a block will be, so that the scroll bar is honest before it is laid out. */
function height(turns: readonly Turn[]): number {
  return turns.reduce(
    (sum, turn) =>
      sum +
      (turn.speaker ? 28 : 0) +
      20 +
      turn.lines.reduce(
        (lines, line) =>
          lines + 12 + 30 * ("cue" in line ? Math.max(1, Math.ceil(line.cue.text.length / 68)) : 2),
        0,
      ),
    0,
  );
}

function LineText({
  line,
  index,
  first,
}: {
  line: Line;
  index: number;
  first: boolean;
}): ReactNode {
  if (line.kind === "cue")
    return (
      <p
        className="line"
        data-line={index}
        data-t={first ? "" : clock(line.start_ms)}
        data-l={ownName(line.cue.language)}
        {...langOf(line.cue.language)}
      >
        <WithDoubts cue={line.cue} />
      </p>
    );
  return (
    <div className="line" data-t={first ? "" : clock(line.start_ms)} data-box={index}>
      <Wordless line={line} index={index} />
    </div>
  );
}

type Props = { turns: readonly Turn[]; firstIndex: number };

const Block = memo(function Block({ turns, firstIndex }: Props) {
  const { t } = useLingui();
  let index = firstIndex;
  return (
    <div className="reading-block" style={{ containIntrinsicSize: `auto ${height(turns)}px` }}>
      {turns.map((turn) => {
        const [head, ...rest] = turn.lines;
        if (!head) return null;
        const headIndex = index;
        index += turn.lines.length;
        const time = clock(head.start_ms);
        return (
          <div className="turn" key={`${head.start_ms}-${headIndex}`}>
            {turn.speaker && (
              <p className="turn-speaker font-bold">
                <Speaker label={turn.speaker} />
              </p>
            )}
            <div className="turn-head">
              <button
                type="button"
                className="turn-time"
                data-start={headIndex}
                tabIndex={headIndex === 0 ? 0 : -1}
                aria-label={
                  turn.speaker ? t`Play from ${time}, ${turn.speaker}` : t`Play from ${time}`
                }
              >
                {time}
              </button>
              <LineText line={head} index={headIndex} first />
            </div>
            {rest.map((line, i) => (
              <LineText
                key={`${line.kind}${line.start_ms}-${line.end_ms}`}
                line={line}
                index={headIndex + 1 + i}
                first={false}
              />
            ))}
          </div>
        );
      })}
    </div>
  );
});

/** A speaker's label; what the machine only numbered is said as a number. */
function Speaker({ label }: { label: string }) {
  const numbered = /^(?:speaker|channel)[ _-]?(\d+)$/i.exec(label);
  const number = numbered?.[1];
  return number ? <Trans>Speaker {number}</Trans> : label;
}

/** All turns, in blocks that the browser lays out only when they come near the screen. */
export const Turns = memo(function Turns({ turns }: { turns: readonly Turn[] }) {
  const blocks: { turns: Turn[]; firstIndex: number }[] = [];
  let index = 0;
  for (let at = 0; at < turns.length; at += BLOCK) {
    const some = turns.slice(at, at + BLOCK);
    blocks.push({ turns: some, firstIndex: index });
    index += some.reduce((sum, turn) => sum + turn.lines.length, 0);
  }
  return blocks.map((block) => <Block key={block.firstIndex} {...block} />);
});
