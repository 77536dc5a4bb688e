/** The text of a handler becomes code: VCODE is read as an image's text is (image-text.ts), and entered as a handler. */
import { compileEmitted, emitHandler } from "../vcode/handler-target.js";
import { readImage } from "./image-text.js";
import type { HandlerMade, WrittenHandler } from "./messages.js";

export function makeHandler({ handler, target, facts }: WrittenHandler): HandlerMade {
  if (handler.language !== "vcode") {
    const message = "there is no compiler of this language here";
    return { ok: false, errors: [{ code: "E_LANGUAGE", message, line: 1, column: 1, length: 0 }] };
  }
  const { name, text, octets, identity } = handler;
  const read = readImage(text);
  if (!read.ok) return read;
  const code = compileEmitted(emitHandler(read.program, target, facts));
  return { ok: true, handler: { name, octets, identity, code } };
}
