/** The foot of every page: the languages again, and whose the stories are. */

import { Trans } from "@lingui/react/macro";
import { LanguageRow, useLocaleName } from "@/shared/i18n/Languages";
import { ColourRow } from "@/shared/ui/ColourRow";

export function Footer() {
  const locale = useLocaleName();
  return (
    <footer className="mt-18 border-t border-line text-14 print:hidden">
      <div className="page pb-10 pt-6">
        <div className="flex flex-wrap gap-x-18 gap-y-4">
          <div>
            <p className="text-ink-2">
              <Trans>Read this site in</Trans>
            </p>
            <LanguageRow className="text-16" />
          </div>
          <div>
            <p className="text-ink-2">
              <Trans>Colours</Trans>
            </p>
            <ColourRow className="text-16" />
          </div>
        </div>
        {locale.draft && (
          <p className="mt-3 text-ink-2">
            <Trans>A machine drafted the words of these pages. Nobody has checked them yet.</Trans>
          </p>
        )}
        <p className="mt-4 max-w-[68ch] text-ink-2">
          <Trans>
            Every story here belongs to the person who told it. They can change who may hear it, or
            take it back, at any time.
          </Trans>
        </p>
      </div>
    </footer>
  );
}
