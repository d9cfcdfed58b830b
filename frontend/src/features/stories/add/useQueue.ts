/** The recordings being sent, as React sees them, and who they belong to. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { sessionQuery } from "@/features/accounts/session";
import { type QueuedFile, uploads } from "@/features/recordings/upload";
import type { Session } from "@/shared/api/contract";

let following = false;

/**
 * Tell the queue who is signed in, now and for as long as the page lives: a sign-out on any page
 * makes recordings wait for their owner.
 */
export function useUploadOwner(): void {
  const client = useQueryClient();
  useEffect(() => {
    const tell = (session: Session | undefined) => {
      if (session !== undefined) uploads().belongTo(session.account?.id ?? null);
    };
    tell(client.getQueryData<Session>(sessionQuery.queryKey));
    if (following) return;
    following = true;
    client.getQueryCache().subscribe(({ query }) => {
      if (query.queryKey[0] === sessionQuery.queryKey[0]) tell(query.state.data as Session);
    });
  }, [client]);
}

/** The recordings on their way to one story. */
export function useQueueOf(storyId: string): QueuedFile[] {
  const all = useSyncExternalStore(uploads().subscribe, uploads().snapshot);
  return all.filter((item) => item.storyId === storyId);
}
