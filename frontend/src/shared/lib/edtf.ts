/** Historical dates as a reader says them. */

/** A whole day, month or year of EDTF in the reader's language; everything else as it was written. */
export function sayDate(edtf: string, locale: string): string {
  const whole = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(edtf);
  if (!whole) return edtf;
  const [, year, month, day] = whole;
  const date = new Date(Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1)));
  return new Intl.DateTimeFormat(
    locale === "en" ? "en-GB" : locale === "en-XA" ? "en-GB" : locale,
    {
      timeZone: "UTC",
      year: "numeric",
      ...(month ? { month: "long" } : {}),
      ...(day ? { day: "numeric" } : {}),
    },
  ).format(date);
}
