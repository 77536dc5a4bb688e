/** Colours for VCODE's text: kinds of words only; what is right, the kernel's verifier says. */
import { StreamLanguage, type StringStream } from "@codemirror/language";
import { highlighting } from "./highlight.js";

function token(stream: StringStream): string | null {
  if (stream.eatSpace()) return null;
  if (stream.match("#")) {
    stream.skipToEnd();
    return "comment";
  }
  if (stream.match(/^-?(0x[\da-fA-F]+|\d+)n?/)) return "number";
  if (stream.match(/^v_(lambda|end|getreg|genlabel|tables)\b/)) return "controlKeyword";
  if (stream.match(/^v_\w+/)) return "keyword";
  if (stream.match(/^[rLf]\d+\b/)) return "propertyName";
  if (stream.match(/^[A-Za-z_]\w*/)) return "variableName";
  stream.next();
  return null;
}

export const vcode = [
  StreamLanguage.define({ name: "vcode", token, languageData: { commentTokens: { line: "#" } } }),
  highlighting,
];
