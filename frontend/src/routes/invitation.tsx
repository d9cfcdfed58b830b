import { createFileRoute } from "@tanstack/react-router";

export const Route = createFileRoute("/invitation")({ component: () => null });
