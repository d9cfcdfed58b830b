/** Paper, a name, a line at the foot: what stands where no portrait does. */
import type { StoryItem } from "@/shared/api/contract";
import { oneLetter, tileName } from "./names";

type Props = { story: Pick<StoryItem, "narrators" | "title">; className?: string };

/** Small: one letter of the name. */
export function Tile({ story, className = "h-20 w-16 text-32" }: Props) {
  const name = tileName(story);
  return (
    <div
      aria-hidden="true"
      lang={name.lang}
      className={`flex shrink-0 items-center justify-center border-b-[1.5px] border-edge bg-paper-2 leading-none text-ink-2 ${className}`}
    >
      {oneLetter(name.text)}
    </div>
  );
}

/** Large: the whole name, Han in upright columns on desktop; across on the phone. */
export function NamePlate({ story, className = "" }: Props) {
  const name = tileName(story);
  const short = [...name.text].length <= 5;
  return (
    <div
      aria-hidden="true"
      lang={name.lang}
      className={`flex items-center justify-center overflow-hidden border-b-[1.5px] border-edge bg-paper-2 p-4 text-center text-ink-2 ${className}`}
    >
      <span
        className={
          name.han && short
            ? "text-40 leading-tight lg:text-[4.5rem] lg:leading-none lg:[writing-mode:vertical-rl] lg:tracking-wide"
            : "text-32 leading-tight [overflow-wrap:anywhere]"
        }
      >
        {name.text}
      </span>
    </div>
  );
}
