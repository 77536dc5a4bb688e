/**
 * Bodies, read with suspicion. JSON: keys that JavaScript gives a meaning of its own are refused at
 * any depth, by pointer, rather than dropped. Texts: UTF-8 or refused.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ControlLimits } from "./limits.js";
import { escapePointer } from "./problem.js";
import { ControlRefusal } from "./refusal.js";

/** UTF-8, and what is a part of it. */
const CHARSETS = new Set(["utf-8", "utf8", "us-ascii"]);
const POISON = new Set(["__proto__", "constructor", "prototype"]);

function parseJson(text: string, maxDepth: number): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the body.
    throw new ControlRefusal("E_JSON");
  }
  checkKeys(value, maxDepth);
  return value;
}

// With a stack of its own: the nesting is the client's choice.
function checkKeys(root: unknown, maxDepth: number): void {
  const todo: { value: unknown; pointer: string; depth: number }[] = [{ value: root, pointer: "", depth: 0 }];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { value, pointer, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth >= maxDepth) throw new ControlRefusal("E_DEPTH", `at most ${maxDepth} levels`);
    for (const [key, inner] of Object.entries(value)) {
      const place = `${pointer}/${escapePointer(key)}`;
      if (POISON.has(key))
        throw new ControlRefusal("E_KEY", key, [{ message: `the key ${key} is refused`, pointer: place }]);
      todo.push({ value: inner, pointer: place, depth: depth + 1 });
    }
  }
}

function decodeText(octets: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(octets);
  } catch {
    throw new ControlRefusal("E_UTF8");
  }
}

/** Routes of this scope take JSON and nothing else. */
export function takeJson(scope: FastifyInstance, limits: ControlLimits): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("application/json", { parseAs: "string" }, async (_request: unknown, body: string) =>
    body === "" ? undefined : parseJson(body, limits.bodyDepth),
  );
}

/**
 * Throws E_MEDIA_TYPE where the octets say of themselves that they are not the text but stand for it, compressed, in another charset or
 * as JSON. That they are a form is what curl --data-binary says of all that it sends.
 */
function requireText({
  "content-encoding": coding = "identity",
  "content-type": type = "",
}: IncomingHttpHeaders): void {
  if (coding.toLowerCase() !== "identity") throw new ControlRefusal("E_MEDIA_TYPE", `content coding ${coding}`);
  const [media = "", ...parameters] = type
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  if (media === "application/json") throw new ControlRefusal("E_MEDIA_TYPE", media);
  for (const parameter of parameters) {
    const [, charset] = /^charset="?([^"]*)"?$/.exec(parameter) ?? [];
    if (charset !== undefined && !CHARSETS.has(charset)) throw new ControlRefusal("E_MEDIA_TYPE", `charset ${charset}`);
  }
}

/** Routes of this scope take a text of any other content type, as curl -T and --data-binary send it; a body that is not there is the empty text. */
export function takeText(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addHook("preValidation", async (request) => {
    request.body ??= "";
  });
  scope.addContentTypeParser("*", { parseAs: "buffer" }, async ({ headers }: FastifyRequest, body: Buffer) => {
    requireText(headers);
    return decodeText(body);
  });
}

/** Routes of this scope take a stream of octets of any content type, and read it themselves. */
export function takeStream(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
}
