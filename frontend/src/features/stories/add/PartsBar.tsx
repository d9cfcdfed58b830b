/** A bar of real parts: full = received and checked, the part under way fills. */
import type { QueuedFile } from "@/features/recordings/upload";
import { percentSent } from "@/features/recordings/upload";

/** More parts than this are no longer told apart by eye. */
const MOST = 24;

export function PartsBar({ item, still }: { item: QueuedFile; still: boolean }) {
  const { partCount, received, underWay, partSizeBytes, file } = item;
  const running = still ? "bg-edge" : "bg-accent";
  if (partCount > MOST || partCount === 0) {
    const whole = partCount === 0 ? 0 : (100 * received.size) / partCount;
    return (
      <div aria-hidden="true" className="relative h-3 bg-line">
        <span
          className={`absolute inset-y-0 left-0 ${running}`}
          style={{ width: `${percentSent(item, file.size)}%` }}
        />
        <span className="absolute inset-y-0 left-0 bg-accent" style={{ width: `${whole}%` }} />
      </div>
    );
  }
  return (
    <div aria-hidden="true" className="flex gap-1">
      {Array.from({ length: partCount }, (_, index) => {
        const number = index + 1;
        const size = Math.min(partSizeBytes, file.size - index * partSizeBytes);
        const have = received.has(number);
        const share = have ? 1 : (underWay.get(number) ?? 0) / size;
        return (
          <span
            key={number}
            className="relative h-3 min-w-0 bg-line"
            style={{ flex: `${size} 1 0` }}
          >
            <span
              className={`absolute inset-y-0 left-0 ${have ? "bg-accent" : running}`}
              style={{ width: `${share * 100}%` }}
            />
          </span>
        );
      })}
    </div>
  );
}
