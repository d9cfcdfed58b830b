/** Sizes of files as phones write them: in MB of a million bytes. */

/** "61 MB", "4.2 MB", "12 kB"; the number in the reader's way of writing. */
export function fileSize(bytes: number, locale: string): string {
  const number = (value: number, digits: number) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  if (bytes < 1_000_000) return `${number(Math.ceil(bytes / 1000), 0)} kB`;
  if (bytes < 9_950_000) return `${number(bytes / 1_000_000, 1)} MB`;
  if (bytes < 1_000_000_000) return `${number(bytes / 1_000_000, 0)} MB`;
  return `${number(bytes / 1_000_000_000, 1)} GB`;
}

/** "35 of 61 MB" wants the first number alone, in the unit of the whole. */
export function sizeWithin(bytes: number, whole: number, locale: string): string {
  if (bytes >= whole) return fileSize(whole, locale).split(/\s/)[0] ?? "";
  const unit = whole < 1_000_000 ? 1000 : whole < 1_000_000_000 ? 1_000_000 : 1_000_000_000;
  const digits = unit === 1000 || (unit === 1_000_000 && whole >= 9_950_000) ? 0 : 1;
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(
    Math.floor((bytes / unit) * 10 ** digits) / 10 ** digits,
  );
}
