/** Sign in. */

import { createFileRoute } from "@tanstack/react-router";
import { SignInPage } from "@/features/accounts/pages/SignInPage";
import { text } from "@/shared/lib/address";

export const Route = createFileRoute("/sign-in")({
  validateSearch: (search: Record<string, unknown>) => ({ ...text(search, "next") }),
  component: function SignIn() {
    return <SignInPage to={Route.useSearch().next} />;
  },
});
