/** A button that opens the phone's own chooser of files. */
import type { ReactNode } from "react";
import { MAIN, PLAIN } from "@/shared/ui/Button";

/** What phones record and old machines left behind; the archive itself looks into the file. */
const ACCEPT = "audio/*,video/*,.m4a,.amr,.3gp,.caf,.wma,.ds2,.flac,.opus,.ogg,.aiff,.w64,.mkv";

type Props = {
  children: ReactNode;
  onPick: (files: File[]) => void;
  several?: boolean;
  main?: boolean;
  className?: string;
};

export function FilePick({
  children,
  onPick,
  several = false,
  main = false,
  className = "",
}: Props) {
  return (
    <label
      className={`${main ? MAIN : PLAIN} cursor-pointer has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent ${className}`}
    >
      {children}
      <input
        type="file"
        accept={ACCEPT}
        multiple={several}
        className="sr-only"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same file can be chosen again afterwards only if the field forgets it.
          event.target.value = "";
          if (files.length > 0) onPick(files);
        }}
      />
    </label>
  );
}
