/** A one-time link: the first admin's, an invitation, or a new password. The token never leaves the fragment. */

import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import type { Role } from "@/shared/api/contract";
import { isAbsent } from "@/shared/api/problem";
import { usePageTitle } from "@/shared/lib/usePageTitle";
import { Button } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";
import { invitationQuery, useAcceptInvitation } from "../session";
import { Refusal } from "./SignInPage";

function RoleName({ role }: { role: Role }) {
  if (role === "registered") return <Trans>a reader with an account</Trans>;
  if (role === "researcher") return <Trans>a researcher</Trans>;
  if (role === "volunteer") return <Trans>a volunteer</Trans>;
  if (role === "archivist") return <Trans>an archivist</Trans>;
  return <Trans>an admin of this archive</Trans>;
}

function Spent() {
  return (
    <div className="page pt-8 lg:pt-16">
      <h1 className="max-w-[24ch] text-32 leading-tight lg:text-40">
        <Trans>This link does not open anything any more.</Trans>
      </h1>
      <p className="mt-4 max-w-[58ch] text-18">
        <Trans>
          It was used before, it is too old, or a part of it is missing. Ask for a new one.
        </Trans>
      </p>
      <p className="mt-6">
        <Link to="/sign-in" className="link inline-flex min-h-11 items-center">
          <Trans>Sign in</Trans>
        </Link>
      </p>
    </div>
  );
}

export function InvitationPage() {
  const { t } = useLingui();
  usePageTitle(t`Your account`);
  const token = useRouterState({ select: (state) => state.location.hash }).trim();
  const navigate = useNavigate();
  const look = useQuery({ ...invitationQuery(token), enabled: token !== "" });
  const accept = useAcceptInvitation();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");

  if (token === "" || (look.isError && isAbsent(look.error))) return <Spent />;
  if (look.isError)
    return (
      <div className="page pt-8">
        <Refusal error={look.error} />
      </div>
    );
  if (!look.data) return null;
  const { kind, role } = look.data;
  const fixed = look.data.email;

  return (
    <div className="page pt-8 lg:pt-16">
      <form
        className="max-w-md"
        onSubmit={(event) => {
          event.preventDefault();
          accept.mutate(
            { token, name: name.trim(), password, ...(fixed ? {} : { email: email.trim() }) },
            { onSuccess: () => void navigate({ to: "/", replace: true }) },
          );
        }}
      >
        <h1 className="text-40 leading-tight">
          {kind === "setup" ? (
            <Trans>You keep this archive</Trans>
          ) : kind === "reset" ? (
            <Trans>A new password</Trans>
          ) : (
            <Trans>Welcome</Trans>
          )}
        </h1>
        <p className="mt-3 text-ink-2">
          {kind === "setup" ? (
            <Trans>This makes the first account. With it you invite the others.</Trans>
          ) : kind === "reset" ? (
            <Trans>Other places where you were signed in are signed out.</Trans>
          ) : (
            <Trans>
              You are invited as <RoleName role={role} />.
            </Trans>
          )}
        </p>
        {fixed ? (
          <p className="mt-6">
            <span className="block font-bold">
              <Trans>E-mail</Trans>
            </span>
            {fixed}
            <input type="hidden" name="email" autoComplete="username" value={fixed} />
          </p>
        ) : (
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
        )}
        <Field
          className="mt-4"
          label={<Trans>Your name</Trans>}
          note={<Trans>As others here should read it, in any script.</Trans>}
          name="name"
          autoComplete="name"
          required={kind !== "reset"}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          className="mt-4"
          label={<Trans>Password</Trans>}
          note={<Trans>At least 12 letters. A sentence that only you would say is good.</Trans>}
          type="password"
          name="password"
          autoComplete="new-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Refusal error={accept.error} />
        <Button type="submit" main className="mt-6" disabled={accept.isPending}>
          {kind === "reset" ? (
            <Trans>Keep the new password</Trans>
          ) : (
            <Trans>Make the account</Trans>
          )}
        </Button>
      </form>
    </div>
  );
}
