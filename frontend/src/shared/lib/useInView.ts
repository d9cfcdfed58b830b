/** Whether an element is on the screen. */
import { type RefCallback, useCallback, useRef, useState } from "react";

/** `margin` shrinks the screen, as in IntersectionObserver's rootMargin. Begins as true. */
export function useInView<T extends Element>(margin = "0px"): [RefCallback<T>, boolean] {
  const [seen, setSeen] = useState(true);
  const observer = useRef<IntersectionObserver | null>(null);
  const ref = useCallback(
    (element: T | null) => {
      observer.current?.disconnect();
      if (!element) return;
      observer.current = new IntersectionObserver(
        (entries) => setSeen(entries.at(-1)?.isIntersecting ?? true),
        { rootMargin: margin },
      );
      observer.current.observe(element);
    },
    [margin],
  );
  return [ref, seen];
}
