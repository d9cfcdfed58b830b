/** Tries again for as long as the line is what fails, and stops for what waiting cannot mend. */
import type { UploadApi } from "./api";
import type { UploadMemory } from "./memory";
import { ApiRefusal, passes, problemOf } from "./problems";
import type { Report } from "./progress";
import { rest, type Surroundings, waitBefore } from "./surroundings";
import type { PutPart } from "./transport";

/** What sending needs from outside; the tests hand in a server and a line of their own. */
export interface Tools {
  api: UploadApi;
  put: PutPart;
  memory: UploadMemory;
  around: Surroundings;
  /** How long no byte may move before the page says so, in ms; the tests wait less. */
  stillMs?: number;
}

/**
 * Do `work` again and again until time has mended the line. Raises `UploadProblem` for a refusal
 * that waiting does not mend, and the signal's reason when the person stops it.
 */
export async function patiently<T>(
  work: () => Promise<T>,
  around: Surroundings,
  report: Report,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const result = await work();
      if (attempt > 0) report({ waiting: null });
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (!passes(error)) throw error instanceof ApiRefusal ? problemOf(error) : error;
      report({ waiting: around.online() ? "line" : "offline" });
      await rest(waitBefore(attempt), around, signal);
    }
  }
}
