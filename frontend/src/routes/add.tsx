/** Add a story. */
import { createFileRoute } from "@tanstack/react-router";

export const Route = createFileRoute("/add")({ staticData: { bare: true }, component: () => null });
