/** What a terminal is shown of text that comes from outside. */

/** Controls (C0, DEL, C1), line and paragraph separators, marks that turn the direction of text, lone surrogates. */
const DANGEROUS = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\p{Cs}]/gu;

/** `text` with everything escaped that could move the cursor, forge a line or hide what is there. */
export function escapeText(text: string): string {
  return text.replace(DANGEROUS, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}
