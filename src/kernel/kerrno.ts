/** Every error a kernel call can answer, a line of meaning each. The list is closed. */
export const KERNEL_ERRORS = {
  E_CAPABILITY_FORGED: "the capability's check value does not fit",
  E_CAPABILITY_EXPIRED: "the capability's time is over",
  E_CAPABILITY_REVOKED: "the capability was revoked",
  E_CAPABILITY_WEAKENED: "the capability was replaced by one with less",
  E_CAPABILITY_STRONGER: "a capability is made weaker, never stronger",
  E_CAPABILITY_OWNER: "the capability has no authority over what others have made",
  E_NO_CAPABILITY: "no capability at or below the caller's has this serial or path",
  E_NOT_KEPT: "the change of capabilities could not be kept, and was not made",
  E_HANDLE: "the environment has no capability under this handle",
  E_CAPABILITY_RIGHT: "the capability lacks the right that this call needs",
  E_NO_ENVIRONMENT: "there is no such environment",
  E_NO_BINDING: "there is no such binding",
  E_NAME_TAKEN: "another of this kind has this name",
  E_NAME: "the name is not allowed",
  E_PROGRAM: "the installation has no library OS of this name",
  E_TOO_MANY: "a limit of the kernel is reached",
  E_NO_MEMORY: "not enough free pages",
  E_FILTER: "the filter is not well formed",
  E_CLAIM_IDENTICAL: "an identical claim of equal priority exists: this one could never receive",
  E_CLAIM_OVERLAP: "the claim would take packets of another environment's claim",
  E_COMPILE: "the filter could not be compiled in time",
  E_NO_REPLAY: "no replay is open",
  E_SOURCE: "the capture cannot be opened",
  E_NOT_SEEKABLE: "the capture is a stream and cannot go back",
  E_ARGUMENT: "an argument is outside its range",
  E_SLICE_TAKEN: "somebody owns this slice",
  E_SLICE_OWNER: "the slice is not this environment's",
  E_NO_SLICE: "no slice is free",
  E_SLICE_OVER: "nothing is left of the slice, or its rest is given away already",
  E_QUEUE_FULL: "as many activations as may wait for this environment do",
  E_CALL_DEPTH: "as many calls as may be under way are",
  E_CALLER_WAITS: "the caller waits for a call that was kept to come back",
  E_CALLEE_WAITS: "the callee waits for a call that was kept to come back",
  E_CALLEE_DIED: "the callee did not finish: it was cut off, gave up, or was destroyed",
  E_CALL_KEPT: "the callee keeps the call, which comes back later",
  E_NOT_CALLED: "nobody's call is there to be kept or given back",
  E_DEADLOCK: "the call cannot be kept: its callee would wait for its caller",
  E_NO_PREDICATE: "the environment has no wakeup predicate of this number",
  E_ADDRESS: "the address is not a word that the environment may read",
  E_TEMPLATE: "the frame does not match what the capability allows to send",
  E_NO_PORT: "no port has this number or name, or it takes no frames",
  E_FRAME_LENGTH: "a frame has fewer or more octets than can be sent",
  E_NOT_OWNED: "the octets do not lie in pages of the caller's own",
  E_PORT_FULL: "the port has no room just now",
  E_SEND_RATE: "the environment has sent as many frames as it may between two batches",
  E_PORT_FILE: "the port's file cannot be made",
  E_MACHINE_FAILED: "the data plane has ended",
  E_IMAGE: "the code is no image that may run",
  E_NOT_DOWNLOADED: "the environment does not consist of downloaded code, or has ended",
  E_CALL: "there is no kernel call of this number here",
  E_NO_PAGE: "the machine has no page of this name",
  E_PAGE_TAKEN: "a page of those that were asked for is not free",
  E_PAGE_OWNER: "the page belongs to somebody else, or to nobody",
  E_PAGE_FIXED: "the page is one that the kernel and the environment speak through",
  E_NOTHING_HELD: "the environment holds nothing of this kind that could be revoked",
  E_REVOCATION_PENDING: "the environment has been asked for this, and its time is not over",
  E_NOT_ASKED: "nothing of this kind is asked for",
  E_REVOCATION_LATE: "the deadline is over: what was asked for has been taken",
  E_PAGE_RIGHT: "the caller may not do so much with this page",
  E_NO_EXCEPTION: "no exception is being handled",
  E_NO_CHANGE: "the environment has asked for no change of this number, or has been told what became of it",
  E_CHANGE_PENDING: "the compile worker has not answered yet",
  E_PREDICATE_RATE: "as many wakeup predicates were compiled as may be in one turn",
  E_NO_BOUND_HANDLER: "the binding has no handler",
  E_LAYOUT: "the handler's state is laid out otherwise",
  E_BUDGET: "the budget is more than the capability allows",
  E_HOPS: "the frame would be an answer to too many answers in a row",
} as const;

export type KernelError = keyof typeof KERNEL_ERRORS;

const CODES = Object.keys(KERNEL_ERRORS);

/** Errors as numbers, in call slots: from 1, in the order of the list; 0 is none. */
export function errorNumber(code: KernelError): number {
  return CODES.indexOf(code) + 1;
}

function isError(code: string | undefined): code is KernelError {
  return code !== undefined && code in KERNEL_ERRORS;
}

/** E_CALL where there is no such number. */
export function errorOf(number: number): KernelError {
  const code = CODES[number - 1];
  return isError(code) ? code : "E_CALL";
}
