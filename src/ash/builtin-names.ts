/** What exonet/ash exports, by name. */
import type { Scalar } from "./tree.js";

/** What a type's name stands for; "wrong" where it was refused. */
export type TypeMeaning = Scalar | "message" | "outcome" | "void" | "wrong";

export const TYPE_NAMES: ReadonlyMap<string, TypeMeaning> = new Map([
  ["i8", "i8"],
  ["u8", "u8"],
  ["i16", "i16"],
  ["u16", "u16"],
  ["i32", "i32"],
  ["u32", "u32"],
  ["i64", "i64"],
  ["u64", "u64"],
  ["bool", "bool"],
  ["Message", "message"],
  ["Outcome", "outcome"],
]);

/** They declare state, and stand only at the top. */
export const STATE_MAKERS: ReadonlySet<string> = new Set(["shape", "record", "array", "table"]);
/** They declare pipes, and stand only at the top. */
export const PIPE_MAKERS: ReadonlySet<string> = new Set([
  "checksum",
  "crc32",
  "byteswap16",
  "byteswap32",
  "xor",
  "copy",
  "map",
  "fold",
  "pipeline",
]);

/** The values; those of the scalar types convert. */
export const BUILTINS: ReadonlySet<string> = new Set([
  ...[...TYPE_NAMES.keys()].filter((name) => name !== "Message" && name !== "Outcome"),
  ...STATE_MAKERS,
  ...PIPE_MAKERS,
  "pass",
  "consume",
  "passTo",
  "reply",
  "frame",
  "fold16",
  "patch16",
  "patch32",
  "swap16",
  "swap32",
  "wake",
  "transfer",
]);
