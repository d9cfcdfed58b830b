/** Whether an element is on the screen, or still to come. */
import { type RefCallback, useCallback, useRef, useState } from "react";

/** False once it has been scrolled past. `margin` shrinks the screen, as in IntersectionObserver's rootMargin. Begins as true. */
export function useInView<T extends Element>(margin = "0px"): [RefCallback<T>, boolean] {
  const [seen, setSeen] = useState(true);
  const observer = useRef<IntersectionObserver | null>(null);
  const ref = useCallback(
    (element: T | null) => {
      observer.current?.disconnect();
      if (!element) return;
      observer.current = new IntersectionObserver(
        (entries) => {
          const last = entries.at(-1);
          if (last) setSeen(last.isIntersecting || last.boundingClientRect.top > 0);
        },
        { rootMargin: margin },
      );
      observer.current.observe(element);
    },
    [margin],
  );
  return [ref, seen];
}
