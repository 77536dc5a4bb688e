/** Handlers that are right: between them they use all that the language has. */
import { atTop, inside } from "./cases.js";

export const COUNT = `import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64, octets: u64 });

export default function count(message: Message) {
  seen.packets += 1n;
  seen.octets += u64(message.length);
  return pass;
}
`;

export const FLOWS = `import {
  array, bool, byteswap32, checksum, consume, fold, fold16, frame, i32, map, type Message, type Outcome, pass, passTo,
  patch16, pipeline, record, reply, shape, table, transfer, u16, u32, u64, u8, wake, xor,
} from "exonet/ash";

const PORT = 53;
const MINUTE = 60n * 1_000_000_000n;
const seen = record({ packets: u64, octets: u64, hot: bool, mac: array(u8, 6) });
const Flow = shape({ packets: u64, last: u64, bytes: array(u32, 4), first: array(u8, 16) });
const Key = shape({ source: u32, port: u16 });
const flows = table(Key, Flow, 1024);
const byPort = table(u16, shape({ hits: u32 }), 64);
const slots = array(Flow, 16);
const kept = array(u8, 1500);
const counts = array(u32, 256);
const sum = checksum();
const cipher = xor(0x1234);
const flip = map(u32, (word) => word ^ 0xff, { order: "free" });
const total = fold(u8, u64, (gathered, word) => gathered + u64(word));
const both = pipeline(sum, byteswap32(), cipher, flip, total);

function port(message: Message, at: u32): u16 {
  return message.u16(at);
}

function isHot(n: u32): bool {
  let k = 0;
  while (k < n) {
    k++;
    if (k === 7) continue;
    if (k > 100) break;
  }
  return k > 10 && n !== 3;
}

function decide(message: Message): Outcome {
  return message.length > 60 ? pass : consume;
}

function answer(message: Message, extra: u8): void {
  const out = reply(message);
  out.swap(0, 6, 6);
  out[14] ^= extra;
  out[message.u8(1)] += 2;
  out[20]++;
  out.setU16(24, patch16(out.u16(24), 1, 2));
  out.resize(out.length + 2);
  out.copy(message, 0, 6, 30);
  if (!out.send(message.port)) wake(out.u32(0));
}

export default function main(message: Message): Outcome {
  seen.packets++;
  seen.octets += u64(message.length);
  if (message.length < 42) return pass;
  const flow = flows.find({ source: message.u32(26), port: message.u16(34) });
  if (flow === undefined) {
    const fresh = flows.enter({ port: message.u16(34), source: message.u32(26) });
    fresh.packets = 1n;
    fresh.bytes[2] = 5;
    message.vector(0, 16, fresh.first, 0);
    return consume;
  }
  if (flow.last + MINUTE < message.time) return flows.delete({ source: 1, port: 2 }) ? passTo(1) : pass;
  flow.packets += 1n;
  for (let i = 0; i < flow.bytes.length; i++) flow.bytes[i]! += 1;
  const slot = slots[message.u8(0) & 15];
  slot.last = message.time;
  counts[message.u8(23)]++;
  byPort.enter(port(message, 34)).hits += 1;
  switch (port(message, 36)) {
    case PORT:
    case 5353: {
      answer(message, 1);
      break;
    }
    case 80:
      message.vector(0, 64, kept, 0);
      both.run(message, 14, 64, kept, 0);
      both.read(message, 14, 20);
      sum.value = 0;
      cipher.key ^= 3;
      seen.hot = isHot(fold16(sum.value)) || !seen.hot;
      return passTo(1);
    case 443: {
      const out = frame(60);
      out.setU64(0, total.value);
      out.send();
      return consume;
    }
    default:
      wake(7);
  }
  if (!transfer(0, 1, 2, u32(message.time >> 3n))) return decide(message);
  let signed: i32 = -1;
  signed = signed >> 2;
  do {
    signed += 5;
  } while (signed < 20 && flow.bytes[0] > 1);
  return signed < 0 ? decide(message) : seen.hot ? passTo(u32(signed & 7)) : pass;
}
`;

const STATEMENTS = [
  "counts[0]! += 1;",
  "const f = flows.find(1); if (f !== undefined && f.packets > 1n) return consume;",
  "const f = flows.find(1); if (f === undefined || f.packets > 1n) return consume; f.last = 1;",
  "const f = flows.find(1); if (!(f !== undefined)) return pass; f.last = 2;",
  "const f = flows.find(1); seen.n = f === undefined ? 0 : f.last;",
  "const f = flows.find(1); if (f === undefined) { seen.n += 1; } else { f.last += 1; }",
  "for (;;) { const f = flows.find(seen.n); if (f === undefined) break; f.last = 1; seen.n += 1; }",
  "const f = flows.find(1); while (f === undefined) { return consume; } f.last = 1;",
  "const f = flows.find(1); const g = f; if (g !== undefined) g.last = 3;",
  "const f = flows.find(1); if (f === undefined) return pass; const g = f; g.last = 3;",
  "if (flows.find(3) === undefined) flows.enter(3);",
  "const a = flows.find(1); const b = flows.enter(1); if (a === undefined) b.last = 1;",
  "const a = flows.enter(1); pairs.delete({ a: 1, b: 2 }); a.last = 1;",
  "const a = flows.enter(1); if (seen.on) { flows.delete(1); return pass; } a.last = 2;",
  "const a = flows.enter(1); while (seen.on) { if (seen.n === 1) { flows.delete(1); return pass; } a.last = 2; seen.n += 1; }",
  "const a = flows.find(1); seen.on = a === undefined ? flows.delete(2) : a.last > 1;",
  "for (let i = 0; i < 4; i++) { const e = flows.enter(i); e.last = i; }",
  "const a = reply(message); a.send(); const b = frame(20); b.send();",
  "flows.find(4); flows.delete(5); if (flows.delete(6)) seen.n = flows.size;",
  "const p = pairs.enter({ a: seen.n, b: message.u16(0) }); p.last = 1;",
  "const a = seen.n, b = message.u16(3); const c = pairs.find({ a, b }); if (c !== undefined) c.packets++;",
  "let q = 0n; q = seen.wide << 3n; q >>= seen.wide; seen.wide = q & ~3n;",
  "seen.n = 1 << seen.n; seen.n = seen.small << 8; seen.n = seen.n & ~3; seen.n >>>= 2;",
  "let w: i16 = seen.small; w += 1; w++; w = i16(w * 2); let v: i32 = w; v = -v; v = ~v; v >>= 1; w = i16(v);",
  "let z: u64 = seen.on ? 1n : 2n; z %= 3n; z = z / 2n; seen.wide = z * z - 1n;",
  "seen.n = (seen.on ? 1 : 2) + seen.n; let s = i32(5); s = (seen.on ? 1 : 2) + s; seen.n = u32(s);",
  "let s = i32(5); s = s + seen.small; s += -1; s = s * -3; s = s / 2; s = s % 0xf; if (s < -1) seen.n = 0;",
  "let t = i64(1); t = -t; t >>= 3n; t = t * -2n; const u = t < 0n; seen.on = u;",
  "seen.small = u8(300); seen.n = u32(-1); seen.on = bool(seen.n); seen.n = u32(seen.on); seen.wide = u64(true);",
  "seen.small += 1; seen.small++; seen.small = u8(seen.small + 1); seen.small <<= 3; seen.small *= seen.small;",
  "seen.on = seen.n === 1 || seen.n !== 2 && !seen.on; seen.on = seen.on !== (seen.n > 3);",
  "const N = 5, M = N + 1; counts[M] = N; let n = M; n = N * M; seen.n = n;",
  "let a = 1; { const a = 2; seen.n = a; } { let b = a; b++; seen.n = b; } a = 3; seen.n = a;",
  "const s = seen; s.n = 3; const l = s.list; l[3] = 1; l.setU16(0, 1); seen.n = l.u32(4) + l.length;",
  "const slot = slots[seen.n]; slot.packets++; slots[2].last = slots[seen.n & 3].last;",
  "const m = message; seen.n = m.length + m.wire + m.port + m.link + m.number;",
  "seen.n = message.u8(0) + message.u16(0) + message.u32(0); let x = message.i8(0) + message.i16(0) + message.i32(0); x++;",
  "seen.wide = message.u64(0) + message.time; let x = message.i64(0); x++;",
  "switch (seen.wide) { case 1n: case 2n: seen.n = 1; break; case 0xffff_ffff_ffff_ffffn: return pass; default: return consume; }",
  "switch (message.i8(0)) { case -1: break; default: seen.n = 1; break; case 5: { return consume; } }",
  "for (let i = 0; i < 3; i++) { switch (i) { case 1: continue; default: break; } if (i === 2) break; }",
  "let i = 0; for (i = 3; i > 0; i--) seen.n = i; for (; i < 5; ) i += 2; while (i > 0) i -= 1;",
  "if (seen.n === 5) { seen.n = 6; if (seen.n === 6) seen.n = 1; } if (seen.n === 7) seen.n = 2;",
  "let b = true; while (seen.n > 3) { b = !b; if (b === false) break; } if (b === true) seen.n = 1;",
  "let b = false; if (seen.n > 3) b = true; if (b === true) seen.n = 1; b = seen.on; if (b === false) seen.n = 2;",
  "if (seen.on) { half(1); if (!seen.on) seen.n = 1; } if (seen.on === true) seen.on = false;",
  "let x = seen.n; switch (x) { case 1: case 2: if (x === 2) return pass; x = 4; if (x === 1) break; break; default: break; } if (x === 1) seen.n = 1;",
  "const f = flows.find(1); if (f !== undefined) { if (f.last === 1) f.last = 2; if (f.last === 3) f.last = 4; }",
  "let n = 0; for (let i = 0; i < 5; i++) { if (n === 0) n = 1; else if (n === 1) n = 2; }",
  "let done = false; while (!done) { seen.n++; done = seen.n > 5; }",
  "seen.n = swap32(seen.n) + swap16(1) + fold16(seen.n) + patch32(1, 2, 3);",
  "sum.value = 0; cipher.key = 5; cipher.key ^= 1; both.read(message, 0, 20); seen.n = sum.value + cipher.key;",
  "const out = frame(20); out[0] = 1; out[seen.n] = u8(seen.n); out[seen.n] ^= 3; out[half(2)] += 1; out.send(3);",
  "if (seen.on) return passTo(half(3)); else return seen.n > 3 ? pass : consume;".replace(
    " else return",
    " if (!seen.on) return",
  ),
  "if (seen.on) return seen.n > 3 ? passTo(seen.n) : consume;",
  "if (transfer(1, seen.n, 2, 3)) wake(seen.n); transfer(0, 1, 2, 3);",
  "half(3); seen.n = half(half(seen.small));",
] as const;

const DECLARATIONS = [
  "",
  "const N = 5, M = N + 1; const s = array(u8, M); const t = array(u64, 2 * M - N / 2);",
  "const x: u32 = 5; const y: u64 = 7n; const z: i8 = -3; const s = array(bool, x);",
  "const WORDS = 0x10n ** 0n === 1n;".replace(" ** 0n === 1n", ""),
  "const A = 5; const B = A === 5 && true; const D = A > 3 ? 1 : 2; const s = array(u8, B ? D : 7);",
  "const r = record({ constructor: u32, toString: u8, length: u32 }); function f(of: u32): u32 { r.constructor = of; return r.length; }",
  "function f(): Outcome { for (;;) { wake(1); } } function g(): Outcome { while (true) { switch (half(1)) { case 1: return pass; default: break; } } } function half(u8: u32): u32 { return u8 >>> 1; }",
  "const t = table(bool, shape({ a: u32 }), 2); function f(m: Message) { t.enter(true).a++; const x = t.find(m.length > 5); if (x !== undefined) x.a = 4; }",
  "const p = array(shape({ a: u32, l: array(u64, 3) }), 3); function f(m: Message): u32 { p[1].l[2] += 1n; p[m.u8(0)].l[m.u8(1)]++; const q = p[0].l; q[1] = 5n; return p.length + q.length; }",
  "function f(x: u32): u32 { while (true) { x += 1; if (x > 9) return x; } }",
  "function f(x: u32): u32 { switch (x) { case 1: return 1; default: return 2; } }",
  "function f(x: u32): u32 { for (;;) { if (x > 1) return 1; x++; } }",
  "function f(x: u32): u32 { if (x > 1) { return 1; } else { return 2; } }",
  "function f(x: u32): boolean { { let x = true; x = !x; return x; } }",
  "function f(m: Message, a: i8, b: u64, c: bool): i64 { if (c) return i64(b); return i64(a) + i64(m.length); }",
  "function f(x: u32): void { if (x > 1) return; g(x); } function g(y: u32) { wake(y); }",
  "function f(m: Message): Outcome { return g(m) ? pass : h(m, 1); } function g(m: Message): bool { return m.length > 1; } function h(m: Message, k: u32): Outcome { return passTo(k + m.port); }",
  "const p = pipeline(copy(), checksum(), crc32(), byteswap16(), xor(0));",
  'const m = map(u8, (w) => w ^ 0x20); const n = map(u16, (w: u32) => swap16(u16(w)) + 1, { order: "kept" }); const p = pipeline(m, n);',
  'const K = 3; const f = fold(u16, i32, (a, w) => (w > 5 ? a - i32(w) : a + K), { order: "free" }); const p = pipeline(f);',
  "const f = fold(u32, i64, (a, w) => a * 31n + i64(w)); const p = pipeline(f); function g(m: Message): i64 { p.read(m, 0, m.length); const was = f.value; f.value = -1n; return was; }",
  "const t = table(shape({ a: u64, b: u64, on: bool }), shape({ hits: u32, list: array(i16, 3) }), 10); function f() { const e = t.enter({ a: 1n, b: 2n, on: true }); e.list[1] = -5; e.hits = e.hits + e.list.length + t.capacity; }",
] as const;

export const ACCEPTED: readonly string[] = [COUNT, FLOWS, ...STATEMENTS.map(inside), ...DECLARATIONS.map(atTop)];
