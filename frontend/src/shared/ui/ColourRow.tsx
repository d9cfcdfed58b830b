/** The choice between the device's colours, light and dark. */
import { useLingui } from "@lingui/react/macro";
import { type Colours, chooseColours, useColours } from "./colours";

export function ColourRow({ className = "" }: { className?: string }) {
  const { t } = useLingui();
  const on = useColours();
  const choices: [Colours, string][] = [
    ["device", t`As on this device`],
    ["light", t`Light`],
    ["dark", t`Dark`],
  ];
  return (
    <ul className={`flex flex-wrap gap-x-6 ${className}`}>
      {choices.map(([colours, name]) => (
        <li key={colours}>
          <button
            type="button"
            aria-pressed={on === colours}
            onClick={() => chooseColours(colours)}
            className={`min-h-11 border-b-2 ${on === colours ? "border-accent font-bold" : "border-transparent"}`}
          >
            {name}
          </button>
        </li>
      ))}
    </ul>
  );
}
