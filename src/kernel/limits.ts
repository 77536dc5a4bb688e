/** Every maximum of the kernel, with its unit and the reason for it. */
import { MAX_CODE } from "../dpf/limits.js";

/** Frames in a batch: large enough that a turn's wake-ups cost little a frame, small enough for the cache. */
export const BATCH_FRAMES = 16_384;
/** Frames after which rings are shown to their environments, so that these are at work while the batch goes on. */
export const PUBLISH_FRAMES = 2048;
/** Of these, in one stretch: handlers run on its messages before any is delivered, which then are in the cache still. */
export const AHEAD_FRAMES = 512;
/** Octets for what handlers are told of a stretch's messages: no more than a processor's nearest cache holds. */
export const AHEAD_OCTETS = 32_768;
/**
 * An environment that was just woken is woken again after so many entries, or wall ns, where nobody waits for it: a library OS of the slow
 * kind has work for a ms in so many, and nothing waits longer for it than a frame takes through the ring and back.
 */
export const WAKE_ENTRIES = 2048;
export const WAKE_NS = 100_000;
/** Entries of a packet ring, a power of two: room for the largest batch, since lossless delivery never drops. */
export const RING_ENTRIES = 16_384;
/** Environments alive at once, the control plane included. */
export { MAX_ENVIRONMENTS } from "./books.js";
/** ms that an environment may keep a turn, a drain or an epoch waiting. */
export const REVOCATION_DEADLINE_MS = 500;
/** ms that a drill may give an environment to answer. */
export const MAX_DEADLINE_MS = 60_000;
/** Pages of an environment that are never taken by force, beside those it speaks to the kernel through (SOSP'95 §3.4: 5 to 10). */
export const GUARANTEED_PAGES = 8;
/**
 * Of the machine's pages, the share that an environment may take by itself, beside those it speaks to the kernel through: nobody takes
 * all. Environments of one child of the root's, and of whoever stands below it, have it together.
 */
export const MAX_OWN_PAGES_SHARE = 1 / 4;
/** Pages that one call may ask for. */
export const MAX_RUN_PAGES = 4096;
/** Of the segments that the biggest holder has, the share that it is asked for when none is free: it keeps the newest. */
export const PRESSURE_SHARE = 0.5;
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
/** Octets of a frame that is sent: any that a kernel without protocols can tell, and a jumbo frame with its tags. */
export const MIN_SENT_OCTETS = 1;
export const MAX_SENT_OCTETS = 9216;
/** Ports that are made while the machine runs: the first number, the last, and how many at once. */
export { FIRST_PORT, LAST_PORT, MAX_PORTS } from "../nic/port-numbers.js";
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
/** Characters of a capability's text: the longest that the limits below allow fits, and that into a request's header. */
export const CAPABILITY_CHARACTERS = 4096;
/** Names in a capability's path, the root's included: deeper delegation is a mistake. */
export const CAPABILITY_DEPTH = 16;
/** Derived capabilities that are kept, so that the table of them stays readable. */
export const MAX_CAPABILITIES = 4096;
/** Of these, how many may stand below any one but the root: nobody takes all the room. */
export const MAX_BELOW = 256;
/** Atoms of the frames that a capability is about: some addresses and types; the text carries them. */
export const CAPABILITY_FRAME_ATOMS = 24;
/** Handles of capabilities that one environment holds at once, a power of two. */
export const MAX_HANDLES = 256;
/** Slices of the CPU's vector, as Xok had, and units of fuel in each; a machine may have others. */
export const SLICES = 128;
export const SLICE_FUEL = 16_384;
/** Share of a slice's fuel, beyond it, that an environment may use to come to an end: an eighth, as a handler is short. */
export const SLICE_GRACE_SHARE = 1 / 8;
/**
 * Units of fuel that slices may use at a batch boundary of a lossless replay until no packet waits: about as long as the revocation
 * deadline takes on the slowest target but the interpreter, told in fuel so that it is the same each time.
 */
export const DRAIN_FUEL = 1 << 26;
/** Rounds of all slices that this may take: who uses whole slices and has but one has that fuel; who uses little of them ends here. */
export const DRAIN_ROUNDS = DRAIN_FUEL / SLICE_FUEL;
/** Units of fuel that slices may use between two turns of a paced replay: some ms. */
export const TURN_FUEL = 1 << 20;
/** Pages that a downloaded environment may name as places to save what is taken: as many as losses stand in its vector. */
export const MAX_SAVES = 64;
/** ms between two rounds of the slices of those who are awake, or sleep on a predicate, and have nothing to do. */
export const TICK_MS = 10;
/** Units of fuel owed beyond which an environment is destroyed: it could not pay for a whole round of a few slices. */
export const MAX_OWED = 8 * SLICE_FUEL;
/** Slices of its own in a row in which an activation was cut off, after which an environment is destroyed. */
export const MAX_CUT_OFF = 16;
/** Activations that may wait for one environment: what comes faster is refused, not stored. */
export const MAX_PENDING = 64;
/** Calls inside calls: each takes some of the thread's stack. */
export const MAX_CALL_DEPTH = 16;
/** Wakeup predicates of one environment, and products and terms of one: each is evaluated whenever a sleeper is passed. */
export const MAX_PREDICATES = 16;
export const MAX_PRODUCTS = 16;
export const MAX_TERMS = 64;
/**
 * Wakeup predicates that are compiled in one turn, for one environment and for all: each keeps packets waiting for about half a ms,
 * more than a slice's fuel could pay.
 */
export const MAX_OWN_PREDICATES_A_TURN = 2;
export const MAX_PREDICATES_A_TURN = 16;

// --- handlers ---

/** Units of fuel for a message, and environments that a binding names for passTo, at most. */
export { MAX_MESSAGE_FUEL, MAX_PASS_TO } from "../vcode/handler.js";
/** Handlers that are bound at once: each is an address space, of which a machine has 4,096 for all that it runs. */
export const MAX_HANDLERS = 1024;
/** Frames a second that a handler may send: as many as a gigabit's smallest, twice over. */
export const MAX_SENDS_A_SECOND = 3_000_000;
/** Answers in a row that handlers send: what would be one more is cut. */
export const MAX_HOPS = 8;
/** Messages in a row that kill a handler, after which it is unbound. */
export const MAX_KILLED_IN_ROW = 16;
/** Seconds of its share of the time that a handler may save up, and so use at once. */
export const SHARE_SECONDS = 1;
/** One message in so many, at most, is timed, to learn what a unit of fuel costs. */
export const TIMED_ONE_IN = 256;
/** The same of handlers that run ahead, which do not in the stretch in which one is timed. */
export const CHAINED_TIMED_ONE_IN = 16 * TIMED_ONE_IN;
/** Octets of the packet that killed a handler which are kept: the longest that captures have by default. */
export const MAX_KEPT_OCTETS = 262_144;

// --- downloaded environments ---

/** Changes of the merged program that one environment's code may have asked for, and not been told of: the compile worker is everybody's. */
export const MAX_ASKED_CHANGES = 16;
/** Characters of a name that code shows: of a binding, or in a capability's path. */
export const NAME_CHARACTERS = 64;

/** Entries of the software TLB, a power of two, unless the machine says otherwise: as Aegis had (SOSP'95 §5.4). */
export const STLB_ENTRIES = 4096;
/** Handlers of exceptions at work one inside the other: one less than there are areas to save registers in. */
export const MAX_NESTED_EXCEPTIONS = 7;
/** Entries of images that are at work one inside the other, whoever's they are: each takes some of the kernel's stack. */
export const MAX_NESTED_RUNS = 32;
/** Fuel that calling the handler costs, so that one that answers `retry` for ever ends: Aegis took 18 instructions. */
export const EXCEPTION_FUEL = 18;
/** Fuel held back of an activation for the handler of its running out, where an eighth of all is not less. */
export const FUEL_RESERVE = 512;
/** Fuel of an activation that is asked for from outside: packets wait meanwhile. */
export const MAX_OUTSIDE_FUEL = 1 << 22;
/**
 * Registers of the lambdas on an image's longest chain of calls (vcode/stack.ts): what each run may take of the kernel's stack,
 * so that as many as may nest have room, and nobody is ended for what others have taken.
 */
export const MAX_IMAGE_STACK = 2048;
