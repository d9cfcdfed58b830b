/** Sentences of the archive about a recording, in the archive's own language. */
import type { Warning } from "@/shared/api/contract";

type Props = { warnings: readonly Warning[]; className?: string };

export function Warnings({ warnings, className = "" }: Props) {
  if (warnings.length === 0) return null;
  return (
    <ul lang="en" className={`grid gap-2 ${className}`}>
      {warnings.map(({ slug, sentence }) => (
        <li key={`${slug}${sentence}`} className="max-w-[68ch] border-l-[1.5px] border-ink pl-3">
          {sentence}
        </li>
      ))}
    </ul>
  );
}
