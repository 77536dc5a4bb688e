/** What of the scalar types handlers of chance are made with: which becomes which, the numbers around their ends, and by what they are shifted. */
import type { Scalar } from "../../src/ash/tree.js";
import { isLong } from "./random-state.js";

/** What becomes of it by itself, without a conversion. */
export const WIDENS: Readonly<Record<Scalar, readonly Scalar[]>> = {
  i8: [],
  u8: [],
  i16: ["i8", "u8"],
  u16: ["u8"],
  i32: ["i8", "i16", "u8", "u16"],
  u32: ["u8", "u16"],
  i64: [],
  u64: [],
  bool: [],
};

/** Around which arithmetic goes wrong. */
export const EDGES: Readonly<Record<Exclude<Scalar, "bool">, readonly string[]>> = {
  i8: ["0", "1", "-1", "127", "-128"],
  u8: ["0", "1", "127", "128", "255"],
  i16: ["0", "-1", "255", "32767", "-32768"],
  u16: ["0", "1", "255", "256", "32768", "65535", "0x0800"],
  i32: ["0", "1", "-1", "3", "65535", "2147483647", "-2147483648"],
  u32: ["0", "1", "2", "10", "0xff00", "65536", "2147483648", "0xffffffff", "4_294_967_295"],
  i64: ["0n", "1n", "-1n", "5n", "4294967296n", "9223372036854775807n", "-9223372036854775808n"],
  u64: ["0n", "1n", "7n", "0xffffffffn", "9223372036854775808n", "18446744073709551615n"],
};

/** Constants that a value of the type is shifted by. */
export function shiftCounts(type: Scalar): readonly string[] {
  if (isLong(type)) return ["1n", "8n", "31n", "32n", "63n"];
  return Number(type.slice(1)) < 32 ? ["1", "3", "7"] : ["1", "4", "16", "31"];
}
