/** My contributions. */

import { createFileRoute } from "@tanstack/react-router";
import { MyPage } from "@/features/pages/my/MyPage";

export const Route = createFileRoute("/my")({ component: MyPage });
