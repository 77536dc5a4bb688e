/**
 * Frames by hand: one function for each header, which it puts before what it is given, with lengths and checksums right.
 *
 * A *layer* is what can follow an IP header: its protocol number, and its octets once the addresses are known, which
 * pseudo headers are made of. A *packet* is an IP header with its layer. Parts are buffers, or strings of hexadecimal.
 */

const TCP_FLAGS = "FSRPAUEC";
const ALL_ONES = 0xffff;

// ---------------------------------------------------------------- octets

export const text = (string) => Buffer.from(string, "latin1");
export const zeros = (count) => Buffer.alloc(count);
/** As good as random for whoever looks, and the same each time. */
export const filler = (count) =>
  Buffer.from(Array.from({ length: count }, (_, i) => (i * 167 + (i >> 3) * 29 + 11) & 0xff));

export function cat(...parts) {
  return Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part.replaceAll(" ", ""), "hex") : part)),
  );
}

const integer = (octets) => (value) => {
  const field = Buffer.alloc(octets);
  field.writeUIntBE(value, 0, octets);
  return field;
};
export const [u8, u16, u24, u32] = [1, 2, 3, 4].map(integer);

// ---------------------------------------------------------------- addresses

const groups = (part) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));

/** Four octets or sixteen. */
export function address(written) {
  if (!written.includes(":")) return Buffer.from(written.split(".").map(Number));
  const [before, after = ""] = written.split("::");
  const [head, tail] = [groups(before), groups(after)];
  const gap = Array(8 - head.length - tail.length).fill(0);
  return cat(...[...head, ...gap, ...tail].map(u16));
}

export const hardware = (written) => cat(written.replaceAll(":", ""));

// ---------------------------------------------------------------- checksums

/** RFC 1071. */
export function checksum(octets) {
  let sum = 0;
  for (let at = 0; at < octets.length; at += 2) sum += (octets[at] << 8) + (octets[at + 1] ?? 0);
  while (sum > ALL_ONES) sum = (sum & ALL_ONES) + (sum >>> 16);
  return ALL_ONES - sum;
}

/** CRC-32C, least significant bit first, for SCTP (RFC 9260, appendix A). */
function crc32c(octets) {
  let crc = 0xffffffff;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The octets with the checksum at its place, which held 0; over the pseudo header too, if there is one. */
export function summed(octets, place, pseudo = zeros(0)) {
  octets.writeUInt16BE(checksum(cat(pseudo, octets)), place);
  return octets;
}

/** IPv4's form of it and IPv6's; they sum up to the same. */
const pseudo = ({ from, to }, protocol, length) => cat(address(from), address(to), u32(length), u32(protocol));

// ---------------------------------------------------------------- layers

/** A layer whose octets need no addresses. */
export const raw = (protocol, ...parts) => ({ protocol, build: () => cat(...parts) });

/** One with a checksum at `place`, over nothing but itself. */
export const checked = (protocol, place, ...parts) => ({ protocol, build: () => summed(cat(...parts), place) });

/** One with a checksum at `place` that covers the addresses. */
export const bound = (protocol, place, ...parts) => ({
  protocol,
  build(ends) {
    const octets = cat(...parts);
    return summed(octets, place, pseudo(ends, protocol, octets.length));
  },
});

/** Flags are letters of FSRPAUEC. `words` is the data offset, where it should lie. */
export function tcp(fromPort, toPort, flags, fields = {}, data = zeros(0)) {
  const { sequence = 1000, acknowledged = flags.includes("A") ? 5001 : 0, window = 64240, urgent = 0 } = fields;
  const options = cat(fields.options ?? "");
  const words = fields.words ?? 5 + options.length / 4;
  const bits = [...flags].reduce((all, flag) => all | (1 << TCP_FLAGS.indexOf(flag)), 0);
  const head = [u16(fromPort), u16(toPort), u32(sequence), u32(acknowledged), u8(words << 4), u8(bits)];
  return bound(6, 16, ...head, u16(window), u16(0), u16(urgent), options, data);
}

export function udp(fromPort, toPort, ...data) {
  const said = cat(...data);
  return bound(17, 6, u16(fromPort), u16(toPort), u16(8 + said.length), u16(0), said);
}

export const icmp = (type, code, ...rest) => checked(1, 2, u8(type), u8(code), u16(0), ...rest);
export const icmp6 = (type, code, ...rest) => bound(58, 2, u8(type), u8(code), u16(0), ...rest);

export function sctp(fromPort, toPort, tag, ...chunks) {
  const octets = cat(u16(fromPort), u16(toPort), u32(tag), u32(0), ...chunks);
  octets.writeUInt32LE(crc32c(octets), 8);
  return raw(132, octets);
}

// ---------------------------------------------------------------- headers that say what follows

const before = (protocol, header, layer) => ({
  protocol,
  build: (ends) => cat(u8(layer.protocol), header, layer.build(ends)),
});

/** RFC 8200: options of IPv6, a multiple of eight octets with the two that the header begins with. */
const options6 = (protocol) => (options, layer) => {
  const list = cat(options);
  return before(protocol, cat(u8((list.length + 2) / 8 - 1), list), layer);
};
export const hopByHop = options6(0);
export const destination = options6(60);
/** Type 0, no segments left: the packet has reached the last one. */
export const routing = (via, layer) => before(43, cat("02 00 00 00000000", address(via)), layer);
/** RFC 4302, with a check value of twelve octets. */
export const authenticated = (layer) => before(51, cat("04 0000 00000a01 00000001", filler(12)), layer);

/** The layer in fragments of IPv4, cut at the offsets, multiples of eight: [fields of the header, layer] each. */
export function cut4(ends, layer, id, ...offsets) {
  const whole = layer.build(ends);
  return offsets.map((offset, i) => {
    const until = offsets[i + 1] ?? whole.length;
    const fragment = (offset >> 3) | (until < whole.length ? 0x2000 : 0);
    return [{ id, fragment }, raw(layer.protocol, whole.subarray(offset, until))];
  });
}

/** The same for IPv6: layers that begin with a fragment header. */
export function cut6(ends, layer, id, ...offsets) {
  const whole = layer.build(ends);
  return offsets.map((offset, i) => {
    const until = offsets[i + 1] ?? whole.length;
    const header = cat("00", u16(offset | (until < whole.length ? 1 : 0)), u32(id));
    return before(44, header, raw(layer.protocol, whole.subarray(offset, until)));
  });
}

// ---------------------------------------------------------------- packets

/** `final` is where a source route ends; `length`, `words` and `version` are for headers that lie. */
function ipv4(from, to, layer, fields) {
  const { tos = 0, id = 0, fragment = 0x4000, ttl = 64, version = 4 } = fields;
  const options = cat(fields.options ?? "");
  const payload = layer.build({ from, to: fields.final ?? to });
  const words = fields.words ?? 5 + options.length / 4;
  const length = fields.length ?? 20 + options.length + payload.length;
  const first = cat(u8((version << 4) | words), u8(tos), u16(length), u16(id), u16(fragment), u8(ttl));
  const header = cat(first, u8(layer.protocol), u16(0), address(from), address(to), options);
  return { from, to, type: 0x0800, protocol: 4, octets: cat(summed(header, 10), payload) };
}

function ipv6(from, to, layer, { ttl = 64, label = 0, length }) {
  const payload = layer.build({ from, to });
  const header = cat(u32(0x60000000 + label), u16(length ?? payload.length), u8(layer.protocol), u8(ttl));
  return { from, to, type: 0x86dd, protocol: 41, octets: cat(header, address(from), address(to), payload) };
}

/** IPv4 or IPv6, as the addresses are. */
export function ip(from, to, layer, fields = {}) {
  return from.includes(":") ? ipv6(from, to, layer, fields) : ipv4(from, to, layer, fields);
}

// ---------------------------------------------------------------- frames

export const ethernet = (to, from, type, ...payload) => cat(hardware(to), hardware(from), u16(type), ...payload);

/** IEEE 802.3: the length instead of a type. */
export function llc(to, from, ...payload) {
  const said = cat(...payload);
  return ethernet(to, from, said.length, said);
}

/** A tag, or several, after the addresses. */
export const tagged = (tags, frame) => cat(frame.subarray(0, 12), tags, frame.subarray(12));

/** To the least length of Ethernet, as a card would. */
export const padded = (frame) => cat(frame, zeros(Math.max(0, 60 - frame.length)));
