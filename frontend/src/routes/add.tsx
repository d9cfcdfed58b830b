/** Add a story: the wizard brings its own head and foot. */
import { createFileRoute, Outlet } from "@tanstack/react-router";

export const Route = createFileRoute("/add")({ staticData: { bare: true }, component: Outlet });
