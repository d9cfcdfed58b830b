/** Follows a recording while its words are written down: by events, or by asking again and again. */
import { API, api } from "@/shared/api/client";
import type { LiveCue, Progress, Span } from "@/shared/api/contract";

export interface Followed {
  progress: Progress | null;
  /** Lines so far, in the order of the sound. */
  cues: readonly LiveCue[];
  untranscribed: readonly Span[];
}

interface CuesAnswer {
  items: LiveCue[];
  untranscribed?: Span[];
  next: string | number | null;
}

const ENDED = new Set(["ready", "failed", "rejected"]);
const POLL_MS = 2000;
/** A stream that broke so often without a word is not to be had on this line. */
const PATIENCE = 3;

/** Add lines that may have been told already; order by time. */
export function joined(old: readonly LiveCue[], more: readonly LiveCue[]): readonly LiveCue[] {
  if (more.length === 0) return old;
  const all = new Map(old.map((cue) => [cue.id, cue]));
  // A line told twice stays the very line it was, so that it is not taken for a new one.
  for (const cue of more) {
    const known = all.get(cue.id);
    if (known === undefined || known.text !== cue.text) all.set(cue.id, cue);
  }
  return [...all.values()].sort((one, other) => one.start_ms - other.start_ms);
}

/**
 * Call `onChange` whenever something new is known of the recording, until it is ready or failed;
 * `onEnd` then, once. Returns the way to stop. What the events tell stands in the database too, so
 * a line without event streams loses nothing: it is asked for every two seconds.
 */
export function follow(
  recordingId: string,
  onChange: (followed: Followed) => void,
  onEnd: () => void,
): () => void {
  const path = `/recordings/${encodeURIComponent(recordingId)}`;
  let now: Followed = { progress: null, cues: [], untranscribed: [] };
  let next: string | number | null = null;
  let stopped = false;
  let stream: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silent = 0;
  const aborted = new AbortController();

  const tell = (change: Partial<Followed>) => {
    if (stopped) return;
    now = { ...now, ...change };
    onChange(now);
  };

  const take = (answer: CuesAnswer) => {
    if (answer.next !== null && answer.next !== undefined) next = answer.next;
    tell({
      cues: joined(now.cues, answer.items),
      ...(answer.untranscribed === undefined ? {} : { untranscribed: answer.untranscribed }),
    });
  };

  const askCues = async () => {
    take(
      await api.get<CuesAnswer>(`${path}/cues`, { query: { after: next }, signal: aborted.signal }),
    );
  };

  const end = async () => {
    // The last lines and the spans without words come with the answer, not with the stream.
    next = null;
    await askCues().catch(() => {});
    if (stopped) return;
    stop();
    onEnd();
  };

  const heard = (progress: Progress) => {
    tell({ progress });
    if (!ENDED.has(progress.state)) return false;
    stream?.close();
    void end();
    return true;
  };

  const ask = async () => {
    let over = false;
    try {
      await askCues();
      over = heard(await api.get<Progress>(`${path}/progress`, { signal: aborted.signal }));
    } catch {
      // Asked again in a moment: the line, or the archive, was gone.
    }
    if (!over && !stopped) timer = setTimeout(ask, POLL_MS);
  };

  const listen = () => {
    const source = new EventSource(`${API}${path}/events`);
    stream = source;
    source.addEventListener("progress", (event) => {
      silent = 0;
      heard(JSON.parse((event as MessageEvent<string>).data));
    });
    source.addEventListener("cues", (event) => {
      silent = 0;
      take(JSON.parse((event as MessageEvent<string>).data));
    });
    source.onerror = () => {
      silent += 1;
      if (source.readyState !== EventSource.CLOSED && silent < PATIENCE) return;
      source.close();
      if (!stopped) void ask();
    };
  };

  const stop = () => {
    stopped = true;
    aborted.abort();
    clearTimeout(timer);
    stream?.close();
  };

  if (typeof EventSource === "undefined") void ask();
  else listen();
  return stop;
}
