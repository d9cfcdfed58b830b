/** A one-time link; its token stands in the fragment, so that no server writes it down. */

import { createFileRoute } from "@tanstack/react-router";
import { InvitationPage } from "@/features/accounts/pages/InvitationPage";

export const Route = createFileRoute("/set-up")({ component: InvitationPage });
