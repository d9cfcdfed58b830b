/** Parts of the wizard that come alone, and before the line may be gone. */

export const loadOnItsWay = () => import("./OnItsWay");
export const loadRecordingStep = () => import("./RecordingStep");

/** Whoever is about to choose a recording will send it: both pages are fetched while there is a line. */
export function fetchSending(): void {
  Promise.all([loadRecordingStep(), loadOnItsWay()]).catch(() => {});
}
