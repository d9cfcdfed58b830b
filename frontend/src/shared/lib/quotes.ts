/** Quotation marks as the language of the quoted words writes them. */
export function quoted(text: string, tag: string | null | undefined): string {
  const base = (tag ?? "en").toLowerCase();
  if (/^(ja|yue|zh(?!-hans|-cn|-sg))/.test(base)) return `「${text}」`;
  return `“${text}”`;
}
