/** Catalogues are plain PO files, which every translation tool opens. */
import { formatter } from "@lingui/format-po";

export default {
  sourceLocale: "en",
  locales: ["en", "zh-Hant"],
  catalogs: [
    {
      path: "<rootDir>/src/shared/i18n/locales/{locale}",
      include: ["<rootDir>/src"],
      exclude: ["**/*.test.*", "**/*.gen.*"],
    },
  ],
  format: formatter({ lineNumbers: false }),
};
