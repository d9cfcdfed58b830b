/** Sign in with e-mail and password. */

import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { Problem } from "@/shared/api/problem";
import { within } from "@/shared/lib/address";
import { usePageTitle } from "@/shared/lib/usePageTitle";
import { Button } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";
import { useSignIn } from "../session";

/** What a refused form says: the server's sentence, or that nothing came back. */
export function Refusal({ error }: { error: unknown }) {
  if (!error) return null;
  const wait = error instanceof Problem ? Number(error.body.retry_after_s ?? 0) : 0;
  const minutes = Math.ceil(wait / 60);
  return (
    <p role="alert" className="mt-4 border-l-2 border-ink pl-3">
      {error instanceof Problem && error.message ? (
        error.message
      ) : (
        <Trans>The archive did not answer. Nothing was changed; try again.</Trans>
      )}
      {minutes > 0 && (
        <>
          {" "}
          <Plural value={minutes} one="Try again in # minute." other="Try again in # minutes." />
        </>
      )}
    </p>
  );
}

export function SignInPage({ to }: { to: string | undefined }) {
  const { t } = useLingui();
  usePageTitle(t`Sign in`);
  const router = useRouter();
  const signIn = useSignIn();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  return (
    <div className="page pt-8 lg:pt-16">
      <form
        className="max-w-md"
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate(
            { email: email.trim(), password },
            { onSuccess: () => router.history.push(within(to)) },
          );
        }}
      >
        <h1 className="text-40 leading-tight">
          <Trans>Sign in</Trans>
        </h1>
        <p className="mt-3 text-ink-2">
          <Trans>
            Listening needs no account. Sign in to add stories, or to hear what was opened to you.
          </Trans>
        </p>
        <Field
          className="mt-6"
          label={<Trans>E-mail</Trans>}
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <Field
          className="mt-4"
          label={<Trans>Password</Trans>}
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Refusal error={signIn.error} />
        <Button type="submit" main className="mt-6" disabled={signIn.isPending}>
          <Trans>Sign in</Trans>
        </Button>
        <p className="mt-6 text-14 text-ink-2">
          <Trans>
            No account, or the password is lost? Ask an archivist of this archive for a link.
          </Trans>
        </p>
      </form>
    </div>
  );
}
