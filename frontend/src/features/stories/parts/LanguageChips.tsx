/** Which languages are spoken: chips to tap, the rest in a list. Steers what the machine listens for. */
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useId } from "react";
import { langOf, ownName } from "@/shared/lib/languages";
import { FIELD } from "@/shared/ui/Field";
import { Icon } from "@/shared/ui/Icon";
import { NEAR, SPOKEN } from "./spoken";

type Props = {
  legend: ReactNode;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
};

export function LanguageChips({ legend, chosen, onChange }: Props) {
  const { t } = useLingui();
  const id = useId();
  const shown = [...NEAR, ...chosen.filter((tag) => !NEAR.includes(tag))];
  const toggle = (tag: string) =>
    onChange(chosen.includes(tag) ? chosen.filter((one) => one !== tag) : [...chosen, tag]);
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div className="mt-3 flex flex-wrap gap-2">
        {shown.map((tag) => {
          const on = chosen.includes(tag);
          return (
            <button
              key={tag}
              type="button"
              {...langOf(tag)}
              aria-pressed={on}
              onClick={() => toggle(tag)}
              className={`inline-flex min-h-11 items-center gap-1.5 rounded-full border px-4 ${on ? "border-ink bg-paper-2 font-bold" : "border-edge"}`}
            >
              {on && <Icon name="check" size={16} />}
              {ownName(tag)}
            </button>
          );
        })}
      </div>
      <label htmlFor={id} className="sr-only">
        <Trans>Another language</Trans>
      </label>
      <select
        id={id}
        className={`${FIELD} mt-3`}
        value=""
        onChange={(event) => toggle(event.target.value)}
      >
        <option value="">{t`Another language`}</option>
        {SPOKEN.filter((tag) => !shown.includes(tag)).map((tag) => (
          <option key={tag} value={tag} lang={tag}>
            {ownName(tag)}
          </option>
        ))}
      </select>
    </fieldset>
  );
}
