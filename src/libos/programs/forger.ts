/**
 * A library OS that tries what it may not, so that it can be seen that the kernel trusts no octet that an environment can write. It
 * is the twin of the downloaded one (libos/downloaded/forger.ts), which can reach less. Options:
 *   `how`   `calls` (the default): asks the kernel for what is others', with forged handles, names and slots, once, as it starts
 *           `tail`, `callHead`, `transmitHead`: shows a cursor that cannot be, at its first frames
 *           `scribble`: writes chance over memory whenever it gets frames; a worker can reach all of it
 *   `seed` (1), `words` (256) that it writes each time, between the physical addresses `from` (0) and `to` (all of memory)
 * Queries: `attempts`: AttemptMade[]; `scribbled`: {words}.
 */
import {
  CALL_SLOT_WORDS,
  CALL_SLOTS,
  CALL_WORDS,
  CallSlot,
  CallState,
  HostedCall,
  type HostedStart,
  Mailbox,
  READABLE,
  TransmitBox,
  WRITABLE,
} from "../../kernel/abi.js";
import { errorOf, type KernelError } from "../../kernel/kerrno.js";
import { choice, integer, onlyKnown } from "../argument.js";
import { CallRefused, type KernelCalls } from "../kernel-calls.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";

const HOW = ["calls", "tail", "callHead", "transmitHead", "scribble"] as const;
type How = (typeof HOW)[number];

const { allocate, free, share, unshare, relock, answer, saveIn, pageBook, segmentBook } = HostedCall;
const HUGE = 0x7fffffff;
const NOBODY = 63;

/** What was tried, what it is to fail with, and what it failed with: null where it did not. */
export interface AttemptMade {
  readonly attempt: string;
  readonly expected: KernelError;
  readonly got: KernelError | null;
}

/** Pages by whose they are, and the caller's number. */
interface Whose {
  readonly self: number;
  readonly mine: number;
  readonly others: number;
  readonly kernels: number;
}

/** Attempt, error, call, handle, arguments. */
type Attempt = readonly [string, KernelError, number, number, (whose: Whose) => readonly number[]];

export const ATTEMPTS: readonly Attempt[] = [
  ["allocates under a handle that it guessed", "E_HANDLE", allocate, 0x100, () => [1, -1]],
  ["allocates under a handle of many bits", "E_HANDLE", allocate, HUGE, () => [1, -1]],
  ["allocates under a negative handle", "E_HANDLE", allocate, -1, () => [1, -1]],
  ["shares under a handle that it guessed", "E_HANDLE", share, 0x1ff, ({ mine }) => [0, READABLE | WRITABLE, mine]],
  ["allocates another's page", "E_PAGE_TAKEN", allocate, 0, ({ others }) => [1, others]],
  ["allocates a page of the kernel's", "E_PAGE_TAKEN", allocate, 0, ({ kernels }) => [1, kernels]],
  ["allocates its own mailbox", "E_PAGE_TAKEN", allocate, 0, ({ mine }) => [1, mine]],
  ["allocates no page", "E_ARGUMENT", allocate, 0, () => [0, -1]],
  ["allocates less than no page", "E_ARGUMENT", allocate, 0, () => [-HUGE, -1]],
  ["allocates more pages than there are", "E_ARGUMENT", allocate, 0, () => [HUGE, -1]],
  ["allocates a page before the first", "E_ARGUMENT", allocate, 0, () => [1, -7]],
  ["allocates a page beyond the last", "E_NO_PAGE", allocate, 0, () => [1, HUGE]],
  ["frees another's page", "E_PAGE_OWNER", free, 0, ({ others }) => [others]],
  ["frees a page of the kernel's", "E_PAGE_OWNER", free, 0, ({ kernels }) => [kernels]],
  ["frees its own mailbox", "E_PAGE_FIXED", free, 0, ({ mine }) => [mine]],
  ["frees a page that there is not", "E_NO_PAGE", free, 0, () => [-1]],
  ["gives itself another's page", "E_PAGE_OWNER", share, 0, ({ others }) => [0, READABLE | WRITABLE, others]],
  ["shares with itself", "E_NO_ENVIRONMENT", share, 0, ({ self, mine }) => [self, READABLE | WRITABLE, mine]],
  ["shares with nobody", "E_NO_ENVIRONMENT", share, 0, ({ mine }) => [NOBODY, READABLE | WRITABLE, mine]],
  ["shares with a number that is none", "E_NO_ENVIRONMENT", share, 0, ({ mine }) => [-5, READABLE | WRITABLE, mine]],
  ["shares more access than there is", "E_ARGUMENT", share, 0, ({ mine }) => [0, 255, mine]],
  ["takes access to another's page away", "E_PAGE_OWNER", unshare, 0, ({ others }) => [0, others]],
  ["relocks another's page", "E_PAGE_OWNER", relock, 0, ({ others }) => [others]],
  ["has its losses saved in another's page", "E_PAGE_OWNER", saveIn, 0, ({ others }) => [others]],
  ["has two losses saved in one page", "E_ARGUMENT", saveIn, 0, ({ mine }) => [mine, mine]],
  ["gives what nobody asked for", "E_NOT_ASKED", answer, 0, ({ others }) => [0, others]],
  ["gives what there is no kind of", "E_ARGUMENT", answer, 0, () => [99, 1]],
  ["asks whose a page is that there is not", "E_NO_PAGE", pageBook, 0, () => [HUGE]],
  ["asks who holds a segment that there is not", "E_ARGUMENT", segmentBook, 0, () => [-1]],
  ["makes call 0", "E_CALL", 0, 0, () => []],
  ["makes a call beyond the last", "E_CALL", 12, 0, () => []],
  ["makes a negative call", "E_CALL", -1, 0, () => [1, 2, 3]],
  ["makes a call of many bits", "E_CALL", HUGE, 0, () => [1]],
];

/** Slots that are not well formed: what is written over one that is. */
const SLOTS: readonly (readonly [string, Readonly<Partial<Record<keyof typeof CallSlot, number>>>])[] = [
  ["asks with more arguments than a slot has", { count: CALL_WORDS + 1 }],
  ["asks with a negative count", { count: -1 }],
  ["asks with another's sequence", { sequence: HUGE }],
  ["asks in a slot that says it was answered", { state: CallState.answered }],
];

class Forger implements Program {
  readonly #how: How;
  /** State of a xorshift generator, never 0. */
  #chance: number;
  readonly #count: number;
  readonly #from: number;
  readonly #to: number;
  readonly #made: AttemptMade[] = [];
  #start: HostedStart | undefined;
  #words: Int32Array<ArrayBufferLike> = new Int32Array();
  #scribbled = 0;

  constructor(how: How, seed: number, count: number, from: number, to: number) {
    this.#how = how;
    this.#chance = seed + 1;
    this.#count = count;
    this.#from = from >> 2;
    this.#to = to >> 2;
  }

  attach(kernel: KernelCalls, start: HostedStart): void {
    this.#start = start;
    this.#words = new Int32Array(start.memory.buffer);
    if (this.#how !== "calls") return;
    const whose = this.#whose(kernel, start);
    for (const [attempt, expected, call, handle, args] of ATTEMPTS) {
      this.#made.push({ attempt, expected, got: refusal(() => kernel.call(call, handle, args(whose))) });
    }
    for (const [attempt, lies] of SLOTS) {
      this.#made.push({ attempt, expected: "E_CALL", got: this.#ask(start, lies) });
    }
  }

  /** The books are open: whoever wants to know whose a page is may ask. */
  #whose(kernel: KernelCalls, { environment: self, mailbox, machine }: HostedStart): Whose {
    const mine = mailbox / machine.pageSize;
    let [others, kernels] = [-1, -1];
    for (let page = 0; page < machine.memory / machine.pageSize && (others < 0 || kernels < 0); page++) {
      const [owner = -1] = kernel.call(pageBook, 0, [page]);
      if (owner >= 0 && owner !== self && others < 0) others = page;
      if (owner < -1) kernels = page;
    }
    return { self, mine, others, kernels };
  }

  /** A call that is put into its slot by hand. */
  #ask({ mailbox, calls }: HostedStart, lies: Readonly<Partial<Record<keyof typeof CallSlot, number>>>) {
    const [words, head] = [this.#words, (mailbox >> 2) + Mailbox.callHead];
    const sequence = Atomics.load(words, head);
    const at = (calls >> 2) + (sequence & (CALL_SLOTS - 1)) * CALL_SLOT_WORDS;
    const slot = { state: CallState.asked, sequence, call: HostedCall.facts, handle: 0, count: 0, ...lies };
    words[at + CallSlot.sequence] = slot.sequence;
    words[at + CallSlot.call] = slot.call;
    words[at + CallSlot.count] = slot.count;
    words[at + CallSlot.error] = 0;
    Atomics.store(words, at + CallSlot.state, slot.state);
    Atomics.store(words, head, (sequence + 1) | 0);
    // The kernel tells how far it has come; slots of this kind may say that they are answered before they are.
    const tail = (mailbox >> 2) + Mailbox.callTail;
    for (let naps = 0; naps < 400 && Atomics.load(words, tail) !== ((sequence + 1) | 0); naps++) {
      Atomics.wait(words, tail, sequence, 25);
      Atomics.add(words, (mailbox >> 2) + Mailbox.heartbeat, 1);
    }
    const error = words[at + CallSlot.error]!;
    return error === 0 ? null : errorOf(error);
  }

  frames(): void {
    const { mailbox, transmit } = this.#start!;
    const store = (word: number) => Atomics.store(this.#words, word, Atomics.load(this.#words, word) + 1_000_000);
    if (this.#how === "tail") store((mailbox >> 2) + Mailbox.tail);
    if (this.#how === "callHead") store((mailbox >> 2) + Mailbox.callHead);
    if (this.#how === "transmitHead" && transmit !== undefined) store((transmit.box >> 2) + TransmitBox.head);
    // What it itself would give back now is no lie.
    if (this.#how === "tail") for (;;) Atomics.wait(this.#words, (mailbox >> 2) + Mailbox.epochSeen, -1);
    if (this.#how === "scribble") this.#scribble();
  }

  #scribble(): void {
    const to = this.#to === 0 ? this.#words.length : Math.min(this.#to, this.#words.length);
    for (let each = 0; each < this.#count; each++) {
      const chance = this.#next();
      const at = this.#from + (this.#next() % (to - this.#from));
      // Small numbers are the more plausible lies.
      this.#words[at] = chance & 1 ? chance : (chance >>> 1) & 63;
    }
    this.#scribbled += this.#count;
  }

  #next(): number {
    this.#chance ^= this.#chance << 13;
    this.#chance ^= this.#chance >>> 17;
    this.#chance ^= this.#chance << 5;
    return this.#chance >>> 0;
  }

  epoch(): void {}

  query(what: string): unknown {
    if (what === "attempts") return this.#made;
    if (what === "scribbled") return { words: this.#scribbled };
    throw new QueryError(what);
  }
}

function refusal(call: () => unknown): KernelError | null {
  try {
    call();
    return null;
  } catch (error) {
    if (error instanceof CallRefused) return error.code;
    throw error;
  }
}

export const createForger: ProgramFactory = (options) => {
  onlyKnown(options, ["how", "seed", "words", "from", "to"]);
  return new Forger(
    choice(options, "how", "calls", HOW),
    integer(options, "seed", 1, 0, HUGE - 1),
    integer(options, "words", 256, 1, 1 << 20),
    integer(options, "from", 0, 0, HUGE),
    integer(options, "to", 0, 0, HUGE),
  );
};
