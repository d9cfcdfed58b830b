/** Who is signed in here. */

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "@/shared/api/client";
import type { Account, Invitation, Role, Session } from "@/shared/api/contract";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => api.get<Session>("/session", { signal }),
  staleTime: 60_000,
});

/** The signed-in account, null for a stranger, undefined while it is not known yet. */
export function useAccount(): Account | null | undefined {
  return useQuery(sessionQuery).data?.account;
}

const RANK: Role[] = ["registered", "researcher", "volunteer", "archivist", "admin"];

/** True where the account's role is `least` or stands above it. */
export function atLeast(account: Account | null | undefined, least: Role): boolean {
  return !!account && RANK.indexOf(account.role) >= RANK.indexOf(least);
}

/** What a changed session means: everything seen before was seen with other eyes. */
function useSettle(): (session: Session) => void {
  const client = useQueryClient();
  return (session) => {
    client.clear();
    client.setQueryData(sessionQuery.queryKey, session);
  };
}

export function useSignIn() {
  const settle = useSettle();
  return useMutation({
    mutationFn: (body: { email: string; password: string }) => api.post<Session>("/session", body),
    onSuccess: settle,
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.delete<void>("/session"),
    onSuccess: async () => {
      client.clear();
      await client.fetchQuery(sessionQuery);
    },
  });
}

export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ["invitation", token],
    queryFn: () => api.post<Invitation>("/invitations/look", { token }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });

export function useAcceptInvitation() {
  const settle = useSettle();
  return useMutation({
    mutationFn: (body: { token: string; name: string; password: string; email?: string }) =>
      api.post<Session>("/invitations/accept", body),
    onSuccess: settle,
  });
}
