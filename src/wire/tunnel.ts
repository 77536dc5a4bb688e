/** Headers of tunnels: GRE (RFC 2784 §2.1, RFC 2890 §2, RFC 2637 §4.1 for version 1), VXLAN (RFC 7348 §5), Geneve (RFC 8926 §3.4). */
import { field } from "./field.js";
import { u8, u16 } from "./octets.js";

export const GRE = {
  checksumPresent: field("gre.checksumPresent", 0, 1),
  routingPresent: field("gre.routingPresent", 0, 1, 1),
  keyPresent: field("gre.keyPresent", 0, 1, 2),
  sequencePresent: field("gre.sequencePresent", 0, 1, 3),
  version: field("gre.version", 1, 3, 5),
  protocol: field("gre.protocol", 2, 16),
} as const;
export const GRE_OCTETS = 4;

export const VXLAN = {
  flags: field("vxlan.flags", 0, 8),
  network: field("vxlan.network", 4, 24),
} as const;
export const VXLAN_OCTETS = 8;

export const GENEVE = {
  version: field("geneve.version", 0, 2),
  optionsLength: field("geneve.optionsLength", 0, 6, 2),
  control: field("geneve.control", 1, 1),
  critical: field("geneve.critical", 1, 1, 1),
  protocol: field("geneve.protocol", 2, 16),
  network: field("geneve.network", 4, 24),
} as const;
export const GENEVE_OCTETS = 8;

export const GreFlag = {
  checksum: 0x8000,
  routing: 0x4000,
  key: 0x2000,
  sequence: 0x1000,
  acknowledgment: 0x0080,
} as const;

/** The octets of the GRE header at `at`, of which the first GRE_OCTETS were captured. Routing entries are not stepped over. */
export function greHeaderLength(octets: Uint8Array, at: number): number {
  const flags = u16(octets, at);
  let length = GRE_OCTETS;
  if ((flags & (GreFlag.checksum | GreFlag.routing)) !== 0) length += 4;
  if ((flags & GreFlag.key) !== 0) length += 4;
  if ((flags & GreFlag.sequence) !== 0) length += 4;
  // Only version 1 has acknowledgments; in version 0 the bit means nothing.
  if ((flags & 7) === 1 && (flags & GreFlag.acknowledgment) !== 0) length += 4;
  return length;
}

/** In octets, options included. */
export function geneveHeaderLength(octets: Uint8Array, at: number): number {
  return GENEVE_OCTETS + ((u8(octets, at) & 0x3f) << 2);
}
