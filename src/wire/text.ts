/**
 * Octets of packets as text for people. What a packet holds may be meant to harm who reads it: to move a terminal's
 * cursor, to turn the direction of text, to look like something else. So the answer is printable ASCII, always: other
 * octets become \xNN, a backslash two of them, and no two stretches of octets give one text.
 */
import { u8 } from "./octets.js";

const BACKSLASH = 0x5c;

/** Each octet's text. */
const ESCAPED: readonly string[] = Array.from({ length: 256 }, (_, octet) => {
  if (octet === BACKSLASH) return "\\\\";
  return octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\x${octet.toString(16).padStart(2, "0")}`;
});

/** The octets [from, to), escaped; `also`: a printable octet that has a meaning where the text goes, escaped with a backslash. */
export function escapeOctets(octets: Uint8Array, from: number, to: number, also = -1): string {
  let text = "";
  for (let i = from; i < to; i++) {
    const octet = u8(octets, i);
    text += octet === also ? `\\${ESCAPED[octet]}` : ESCAPED[octet];
  }
  return text;
}

/** The same of at most `most` octets; three dots stand for the rest. */
export function escapeSome(octets: Uint8Array, from: number, to: number, most: number, also = -1): string {
  if (to - from <= most) return escapeOctets(octets, from, to, also);
  return `${escapeOctets(octets, from, from + most, also)}...`;
}

/** Two hexadecimal digits an octet. */
export function hexOctets(octets: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += u8(octets, i).toString(16).padStart(2, "0");
  return text;
}

/** A number as 0x and at least `digits` hexadecimal digits. */
export function hex(value: number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}
