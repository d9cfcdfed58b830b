/** The name in the browser's tab. */
import { useEffect } from "react";

/** `title` before the archive's name; null is the archive alone. */
export function usePageTitle(title: string | null | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Storybraid` : "Storybraid";
  }, [title]);
}
