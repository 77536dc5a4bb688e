/** Every maximum of the store, with its unit and the reason for it. Tests and the command line may lower them. */

export interface StoreLimits {
  /** Octets of a filter's text: thousands of alternatives; more is a mistake or an attack. */
  readonly textOctets: number;
  /** Filters kept, so that one table of them stays readable and one start checks them all in seconds. */
  readonly filters: number;
  /** Handlers kept: each is compiled at a start. */
  readonly handlers: number;
  /** Octets of one uploaded capture. */
  readonly uploadOctets: number;
  /** Octets of all captures together. */
  readonly storeOctets: number;
  /** Octets of the disk that an upload leaves free, for everybody else on the machine. */
  readonly freeDiskOctets: number;
  /** Octets of the profile as JSON. */
  readonly profileOctets: number;
}

const KIB = 1024;
const GIB = 1024 * 1024 * KIB;

export const STORE_LIMITS: StoreLimits = {
  textOctets: 64 * KIB,
  filters: 10_000,
  handlers: 1000,
  uploadOctets: 8 * GIB,
  storeOctets: 64 * GIB,
  freeDiskOctets: GIB / 2,
  profileOctets: 16 * 1024 * KIB,
};
