/** Makes a language that nobody speaks, 40 % longer than English, to see what breaks in translation. */
import type { Messages } from "@lingui/core";

const ACCENTS: Record<string, string> = {
  a: "á",
  e: "é",
  i: "í",
  o: "ó",
  u: "ú",
  y: "ý",
  A: "Á",
  E: "É",
  I: "Í",
  O: "Ó",
  U: "Ú",
  n: "ñ",
  c: "ç",
};

/** One piece of text, accented, bracketed and 40 % longer; tags and spaces at the ends stay. */
export function lengthen(text: string): string {
  const core = text.trim();
  if (!/\p{L}/u.test(core)) return text;
  const tags = core.split(/(<\/?\d+\/?>)/);
  const out = tags
    .map((part) =>
      /^<\/?\d+\/?>$/.test(part) ? part : part.replace(/[a-zA-Z]/g, (c) => ACCENTS[c] ?? c),
    )
    .join("");
  const letters = tags.filter((part) => !part.startsWith("<")).join("").length;
  const tail = "~".repeat(Math.max(1, Math.ceil(letters * 0.4) - 2));
  return text.replace(core, () => `[${out}${tail}]`);
}

/** A whole compiled catalogue. Placeholders (arrays' first items) keep their names. */
export function pseudo(messages: Messages): Messages {
  return Object.fromEntries(
    Object.entries(messages).map(([id, message]) => [id, message2(message)]),
  ) as Messages;
}

type Piece = unknown;

function message2(message: Piece): Piece {
  if (typeof message === "string") return lengthen(message);
  if (!Array.isArray(message)) return message;
  return message.map((piece) => {
    if (typeof piece === "string") return lengthen(piece);
    if (!Array.isArray(piece) || piece.length < 3) return piece;
    const [name, kind, forms] = piece;
    if (typeof forms !== "object" || forms === null) return piece;
    return [
      name,
      kind,
      Object.fromEntries(
        Object.entries(forms).map(([key, form]) => [key, key === "offset" ? form : message2(form)]),
      ),
    ];
  });
}
