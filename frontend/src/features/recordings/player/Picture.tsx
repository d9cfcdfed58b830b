/** The picture of a video: the engine's own element, lent to the page while it is open. */
import { useEffect, useRef } from "react";
import { pictureElement, toggle } from "./engine";

export function Picture({ poster }: { poster: string | null }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const video = pictureElement();
    if (poster) video.poster = poster;
    video.className = "max-h-[56vh] w-full bg-paper-2 object-contain";
    video.addEventListener("click", toggle);
    box.current?.append(video);
    return () => {
      video.removeEventListener("click", toggle);
      video.removeAttribute("poster");
      video.remove();
    };
  }, [poster]);
  return <div ref={box} className="mt-6 print:hidden" />;
}
