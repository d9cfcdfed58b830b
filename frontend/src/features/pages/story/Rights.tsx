/** What you may do with a story: worked out from its consent, in words, never a licence code alone. */

import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { Story } from "@/shared/api/contract";
import { sayDate } from "@/shared/lib/edtf";
import { langOf } from "@/shared/lib/languages";
import { Icon, type IconName } from "@/shared/ui/Icon";

function Row({ icon, children }: { icon: IconName; children: ReactNode }) {
  return (
    <li className="flex items-start gap-3 py-1">
      <Icon name={icon} size={18} className="mt-1 shrink-0" />
      <span>{children}</span>
    </li>
  );
}

function Kind({ kind }: { kind: string }) {
  if (kind === "operator_statement")
    return <Trans>Stated by the operator of this archive's computer</Trans>;
  if (kind === "contributor_statement")
    return <Trans>Stated by the person who sent the recording</Trans>;
  if (kind === "consent_agreement") return <Trans>Consent agreement</Trans>;
  if (kind === "release_form") return <Trans>Release form</Trans>;
  return kind;
}

export function Rights({ story }: { story: Story }) {
  const scope = new Set(story.consents.flatMap((consent) => consent.scope));
  const who =
    story.state === "draft" ? (
      <Trans>not published yet</Trans>
    ) : story.level === "public" ? (
      <Trans>everyone</Trans>
    ) : story.level === "registered" ? (
      <Trans>people with an account here</Trans>
    ) : (
      <Trans>people who work in this archive</Trans>
    );
  return (
    <>
      <ul>
        <Row icon={story.state === "draft" ? "lock" : "check"}>
          {scope.has("quote") ? (
            <Trans>Listen, read and quote: {who}</Trans>
          ) : (
            <Trans>Listen and read: {who}</Trans>
          )}
        </Row>
        {!scope.has("quote") && (
          <Row icon="ask">
            <Trans>Quote: ask first</Trans>
          </Row>
        )}
        <Row icon={scope.has("download") ? "check" : "ask"}>
          {scope.has("download") ? (
            <Trans>Download: {who}</Trans>
          ) : (
            <Trans>Download: ask first</Trans>
          )}
        </Row>
        <Row icon="cross">
          <Trans>Train machines on these voices: no</Trans>
        </Row>
      </ul>
      {story.consents.map((consent) => (
        <Agreed key={`${consent.kind}${consent.created_at}`} consent={consent} />
      ))}
    </>
  );
}

/** A record in a line; who may edit the story opens it to read its words and who said them. */
function Agreed({ consent }: { consent: Story["consents"][number] }) {
  const { i18n } = useLingui();
  const line = (
    <>
      <Kind kind={consent.kind} />, {sayDate(consent.created_at.slice(0, 10), i18n.locale)}
    </>
  );
  if (!consent.statement) return <p className="mt-2 py-3 text-14 text-ink-2">{line}</p>;
  return (
    <details className="mt-2 text-14">
      <summary className="min-h-11 py-3 text-ink-2">{line}</summary>
      <p {...langOf(consent.language)} className="whitespace-pre-line border-l border-line pl-3">
        {consent.statement}
      </p>
      {consent.given_by && (
        <p className="mt-1 pl-3 text-ink-2">
          <Trans>Given by {consent.given_by}</Trans>
        </p>
      )}
    </details>
  );
}
