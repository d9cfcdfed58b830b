/** What stands around every page. */
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { sessionQuery } from "../session";
import { Footer } from "./Footer";
import { Header } from "./Header";

function Notice({ children }: { children: ReactNode }) {
  const { t } = useLingui();
  return (
    <aside aria-label={t`Notice`} className="border-b border-line bg-paper-2 print:hidden">
      <p className="page py-2 text-14">{children}</p>
    </aside>
  );
}

type Props = {
  children: ReactNode;
  /** The page brings its own head and foot. */
  bare?: boolean;
  /** Stays at the foot of the screen. */
  foot?: ReactNode;
};

export function Shell({ children, bare = false, foot }: Props) {
  const { data: session } = useQuery(sessionQuery);
  return (
    <div className="flex min-h-dvh flex-col pb-(--player-height)">
      <a
        href="#content"
        className="absolute left-4 top-2 z-50 -translate-y-24 bg-paper px-4 py-2 focus:translate-y-0"
      >
        <Trans>Skip to the content</Trans>
      </a>
      {session?.insecure && (
        <Notice>
          <Trans>
            This archive is open on a local network without encryption. Others on the same network
            could read along; do not type a password that you use elsewhere.
          </Trans>
        </Notice>
      )}
      {session && !session.set_up && (
        <Notice>
          <Trans>
            This archive has no admin yet. Whoever started it finds the one-time link for the first
            admin where it was started.
          </Trans>
        </Notice>
      )}
      {!bare && <Header />}
      <main id="content" tabIndex={-1} className="flex-1 outline-none">
        {children}
      </main>
      {!bare && <Footer />}
      {foot}
    </div>
  );
}

/** Withdrawn, forbidden and absent read alike, so that the page tells nothing. */
export function NothingHere() {
  return (
    <div className="page py-12 lg:py-18">
      <h1 className="max-w-[26ch] text-32 leading-tight lg:text-40">
        <Trans>There is nothing here that you can open.</Trans>
      </h1>
      <p className="mt-4 max-w-[62ch] text-18">
        <Trans>If somebody sent you this link, ask them.</Trans>
      </p>
      <p className="mt-6 flex gap-6">
        <Link to="/search" className="link reach">
          <Trans>Search</Trans>
        </Link>
        <Link to="/" className="link reach">
          <Trans>Home</Trans>
        </Link>
      </p>
    </div>
  );
}

/** A page that broke: says so, keeps the shell, offers the way on. */
export function Broken({ again }: { again: () => void }) {
  return (
    <div className="page py-12 lg:py-18">
      <h1 className="text-32 leading-tight">
        <Trans>This page could not be shown.</Trans>
      </h1>
      <p className="mt-4 max-w-[62ch] text-18">
        <Trans>
          Nothing is lost. The archive did not answer, or the line is gone for a moment.
        </Trans>
      </p>
      <p className="mt-6">
        <button type="button" className="link min-h-11" onClick={again}>
          <Trans>Try again</Trans>
        </button>
      </p>
    </div>
  );
}
