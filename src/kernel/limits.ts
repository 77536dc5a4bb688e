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
/** Octets of a frame that is sent: any that a kernel without protocols can tell, and a jumbo frame with its tags. */
export const MIN_SENT_OCTETS = 1;
export const MAX_SENT_OCTETS = 9216;
/** Entries of a transmit ring, a power of two, and octets for its frames: an answer of 2,048 octets to each frame of a batch has room. */
export const TRANSMIT_ENTRIES = 512;
export const TRANSMIT_OCTETS = 1024 * 1024;
/** Frames that an environment may send between two batches: as many as it may have got. */
export const MAX_SENDS_A_TURN = TRANSMIT_ENTRIES;
/** Frames in a batch while there are ports that frames are sent to: who answers each of them finds its transmit ring large enough. */
export const ANSWERED_BATCH_FRAMES = TRANSMIT_ENTRIES;
/** ns that a wire may delay a frame, and bits a second that it may take. */
export const MAX_DELAY_NS = 60e9;
export const MAX_RATE = 1e12;
/** Factors of capture time. */
export const MIN_SPEED = 0.001;
export const MAX_SPEED = 1_000_000;
