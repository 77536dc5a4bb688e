/** Every limit of this folder, by name. Octets unless said otherwise. */

/** Longest captured frame; libpcap 1.10 has the same maximum (MAXIMUM_SNAPLEN). */
export const MAX_CAPTURED = 262_144;
/** Damage entries kept with their place; more are only counted. */
export const MAX_DAMAGE_KEPT = 16;
/** Interfaces of one pcapng section: a file of nothing else must not fill the heap. */
export const MAX_INTERFACES = 65_536;
/** How much of an upload is looked at for its preview. */
export const MAX_PREVIEW = 262_144;
/** Gunzipped size at which reading stops. */
const MAX_GUNZIPPED = 64 * 1024 ** 3;
/** Gunzipped octets for one gzipped octet, counted from GUNZIP_RATIO_FROM gunzipped octets on. */
const MAX_GUNZIP_RATIO = 400;
const GUNZIP_RATIO_FROM = 64 * 1024 ** 2;
/** Slots of a capture's timeline. */
export const TIMELINE_SLOTS = 512;

/** The last two can be narrowed by whoever opens a feed. */
export interface GunzipLimits {
  readonly octets: number;
  readonly ratio: number;
  readonly ratioFrom: number;
}

export const GUNZIP_LIMITS: GunzipLimits = {
  octets: MAX_GUNZIPPED,
  ratio: MAX_GUNZIP_RATIO,
  ratioFrom: GUNZIP_RATIO_FROM,
};
