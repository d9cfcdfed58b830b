/** Catalogues are plain PO files, which every translation tool opens; one for each part that loads alone. */
import { formatter } from "@lingui/format-po";

const ADD = ["src/features/stories/add", "src/features/recordings/upload", "src/routes/add.tsx"];
const STORY = [
  "src/features/pages/story",
  "src/features/transcripts",
  "src/features/recordings/player/Progress.tsx",
];
const inRoot = (paths) => paths.map((path) => `<rootDir>/${path}`);
const never = ["**/*.test.*", "**/*.gen.*"];

export default {
  sourceLocale: "en",
  locales: ["en", "zh-Hant"],
  catalogs: [
    {
      path: "<rootDir>/src/shared/i18n/locales/{locale}/add",
      include: inRoot(ADD),
      exclude: never,
    },
    {
      path: "<rootDir>/src/shared/i18n/locales/{locale}/story",
      include: inRoot(STORY),
      exclude: never,
    },
    {
      path: "<rootDir>/src/shared/i18n/locales/{locale}/main",
      include: ["<rootDir>/src"],
      exclude: [...never, ...[...ADD, ...STORY].flatMap((path) => [`**/${path}`, `**/${path}/**`])],
    },
  ],
  format: formatter({ lineNumbers: false }),
};
