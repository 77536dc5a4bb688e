/**
 * Colours for DPF text. It only tells kinds of words apart, as a stream of tokens; what is right and
 * what a filter means is the appliance's business (POST filters/check).
 */
import { StreamLanguage, type StringStream } from "@codemirror/language";
import { highlighting } from "./highlight.js";

const WORDS = new Set(["shift", "true", "length", "in", "and", "or", "not"]);

function token(stream: StringStream): string | null {
  if (stream.eatSpace()) return null;
  if (stream.match("#") || stream.match("//")) {
    stream.skipToEnd();
    return "comment";
  }
  if (stream.match(/^\d+:(8|16|32)\b/) || stream.match(/^(wire|link)\b/)) return "propertyName";
  if (stream.match(/^[\da-fA-F]{1,2}([:-][\da-fA-F]{1,2}){5}/) || stream.match(/^\d+(\.\d+){3}/)) return "number";
  if (stream.match(/^0x[\da-fA-F]+|^\d+/)) return "number";
  if (stream.match(/^(&&|\|\|)/)) return "controlKeyword";
  if (stream.match(/^(==|!=|<<|[&<>=])/)) return "operator";
  const word = stream.match(/^[A-Za-z][\w-]*/);
  if (typeof word === "object" && word !== null) return WORDS.has(word[0]) ? "keyword" : "variableName";
  stream.next();
  return null;
}

export const dpf = [
  StreamLanguage.define({ name: "dpf", token, languageData: { commentTokens: { line: "#" } } }),
  highlighting,
];
