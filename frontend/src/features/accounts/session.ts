/** Who is signed in here. */

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, taken } from "@/shared/api/client";
import type { Account, Role, Session } from "@/shared/api/contract";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => taken(client.GET("/api/v1/session", { signal })),
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
  const queries = useQueryClient();
  return (session) => {
    queries.clear();
    queries.setQueryData(sessionQuery.queryKey, session);
  };
}

export function useSignIn() {
  const settle = useSettle();
  return useMutation({
    mutationFn: (body: { email: string; password: string }) =>
      taken(client.POST("/api/v1/session", { body })),
    onSuccess: settle,
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => taken(client.DELETE("/api/v1/session")),
    onSuccess: async () => {
      queries.clear();
      await queries.fetchQuery(sessionQuery);
    },
  });
}

export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ["invitation", token],
    queryFn: () => taken(client.POST("/api/v1/invitations/look", { body: { token } })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });

export function useAcceptInvitation() {
  const settle = useSettle();
  return useMutation({
    mutationFn: (body: { token: string; name: string; password: string; email?: string }) =>
      taken(client.POST("/api/v1/invitations/accept", { body })),
    onSuccess: settle,
  });
}
