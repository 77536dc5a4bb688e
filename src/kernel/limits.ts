/** Every maximum of the kernel, with its unit and the reason for it. */
import { MAX_CODE } from "../dpf/limits.js";

/** Frames in a batch: large enough that a turn's wake-ups cost little a frame, small enough for the cache. */
export const BATCH_FRAMES = 16_384;
/** Frames after which rings are shown to their environments, so that these are at work while the batch goes on. */
export const PUBLISH_FRAMES = 2048;
/** Entries of a packet ring, a power of two: room for the largest batch, since lossless delivery never drops. */
export const RING_ENTRIES = 16_384;
/** Environments alive at once, the control plane included. */
export { MAX_BINDINGS, MAX_ENVIRONMENTS } from "./books.js";
/** ms that an environment may keep a turn, a drain or an epoch waiting. */
export const REVOCATION_DEADLINE_MS = 500;
/**
 * ms without a look at its ring, with work pending, after which a hosted environment is unresponsive: shorter than the deadline of
 * a turn, so that who hangs is known when that passes.
 */
export const SILENCE_MS = 400;
/** ms more after which an unresponsive environment is ended: a long garbage collection, or a starved thread, comes back sooner. */
export const GRACE_MS = 1000;
/** Octets that a hosted environment may hold outside its heap, which V8's limit does not reach: as much as its heap may have. */
export const MAX_OFF_HEAP = 256 * 1024 * 1024;
/** Atoms of all bindings' filters together: several threads hold them. */
export const MAX_HELD_ATOMS = 1 << 19;
/**
 * Instructions that the filters of one environment may ask for, if they were alone (dpf/ways.ts): a half of what all of them
 * may, so that nobody takes all of it.
 */
export const MAX_OWN_CODE = MAX_CODE / 2;
/** ms that checking and compiling one change may take, and what each further step of it adds to that. */
export const COMPILE_DEADLINE_MS = 2000;
export const STEP_DEADLINE_MS = 1;
/** ms that a new compile worker may take over everything that holds, and any change. */
export const SEED_DEADLINE_MS = 20_000;
/** Claims' priorities: 0 to this. */
export { MAX_PRIORITY } from "../dpf/limits.js";
/** Wall ms beyond which a gap is told as a countdown that can be skipped. */
export const LONG_GAP_MS = 5000;
/** Wall ms between two publications of the books while packets flow. */
export const PUBLISH_MS = 20;
/** Factors of capture time. */
export const MIN_SPEED = 0.001;
export const MAX_SPEED = 1_000_000;
