/** What the control plane itself refuses: a closed list of codes, each with its status and a line of meaning. */
import type { TextError } from "../appliance/interface.js";
import type { KernelError } from "../kernel/kerrno.js";
import { COMPILE_DEADLINE_MS } from "../kernel/limits.js";
import type { OverlapList, ProblemPlace } from "./protocol.js";

export const CONTROL_ERRORS = {
  E_HOST: [421, "this server does not serve the host that was asked for"],
  E_ORIGIN: [403, "the request comes from a page that is not this server's"],
  E_TOKEN_IN_QUERY: [400, "a token has no place in an address, where it would be stored and logged"],
  E_NO_TOKEN: [401, "this needs a token, as `Authorization: Bearer TOKEN` or by signing in"],
  E_BAD_TOKEN: [401, "the token is not valid here"],
  E_RATE: [429, "too many requests from this address"],
  E_NOT_FOUND: [404, "there is nothing at this address"],
  E_METHOD: [405, "this address does not answer this method"],
  E_UPGRADE: [426, "this address speaks WebSocket only"],
  E_NO_UPGRADE: [400, "this address does not speak WebSocket"],
  E_TOO_MANY_SOCKETS: [503, "as many WebSockets are open as may be"],
  E_REQUEST: [400, "the request is not well formed"],
  E_SCHEMA: [400, "the request does not fit the schema"],
  E_JSON: [400, "the body is not JSON"],
  E_KEY: [400, "a key of this name is not allowed"],
  E_DEPTH: [400, "the body is nested too deeply"],
  E_UTF8: [400, "the text is not UTF-8"],
  E_BODY_TOO_LARGE: [413, "the body is larger than it may be"],
  E_OPTIONS: [413, "an environment's options are longer than they may be"],
  E_MEDIA_TYPE: [415, "this address does not take this content type"],
  E_EXTENSION: [400, "the extension names the language"],
  E_TEXT: [422, "the text has errors"],
  E_NOT_A_CAPTURE: [422, "the file is no capture that can be read"],
  E_LINK_TYPES: [422, "the captures have frames of more link types than filters are compiled for"],
  E_SCAN: [422, "the capture could not be read through"],
  E_NO_PACKET: [404, "the capture has no packet of this number"],
  E_NO_KILLER: [404, "no packet has killed this handler"],
  E_TOO_MANY_EXPORTS: [503, "as many captures are being written out as may be"],
  E_CAPTURE_IN_USE: [409, "the capture is being replayed"],
  E_FILTER_BOUND: [409, "the filter is bound; with ?unbind=yes its bindings go, too"],
  E_HANDLER_BOUND: [409, "the handler is bound; with ?unbind=yes its bindings have none any more"],
  E_TRIAL: [422, "a trial is of a stored handler or a text, on a packet of a capture, octets, or what killed it"],
  E_NO_STAGE: [404, "there is no stage of this name"],
  E_NO_NODE: [404, "the trie has no node of this number now"],
  E_TOO_MANY_QUESTIONS: [429, "as many questions of this token and its kin wait for the compile worker as may"],
  E_QUESTIONS_FULL: [503, "as many questions wait for the compile worker as may"],
  E_QUESTION: [503, "the compile worker had no time for this"],
  E_FRAMES: [422, "a capability carries frames as few atoms, and these are more, or are no atoms"],
  E_PROFILE: [422, "the profile contradicts itself"],
  E_ENVIRONMENT_STATE: [409, "the environment is not alive"],
  E_QUERY: [422, "the environment's program did not answer this"],
  E_CONTROL_ENVIRONMENT: [409, "the control plane's own environment stays"],
  E_INTERNAL: [500, "the server has made a mistake; its log says more"],
} as const;

/** Those that pass, and seconds after which to ask again: by then the question in the compile worker is answered, or has missed its deadline. */
export const RETRY_AFTER: { readonly [code: string]: number | undefined } = {
  E_TOO_MANY_QUESTIONS: COMPILE_DEADLINE_MS / 1000,
  E_QUESTIONS_FULL: COMPILE_DEADLINE_MS / 1000,
};

/** How many are in the way. */
export function bindingsWords(count: number): string {
  return count === 1 ? "1 binding" : `${count} bindings`;
}

export type ControlErrorCode = keyof typeof CONTROL_ERRORS;

export function placeOf({ message, code, line, column, length, hint }: TextError): ProblemPlace {
  return { message, code, line, column, length, ...(hint === undefined ? {} : { hint }) };
}

/** Thrown by routes, answered as a problem. */
export class ControlRefusal extends Error {
  readonly code: ControlErrorCode;
  readonly places: readonly ProblemPlace[];

  constructor(code: ControlErrorCode, detail?: string, places: readonly ProblemPlace[] = []) {
    super(detail === undefined ? CONTROL_ERRORS[code][1] : `${CONTROL_ERRORS[code][1]}: ${detail}`);
    this.name = "ControlRefusal";
    this.code = code;
    this.places = places;
  }
}

/** What is known of a refusal besides. */
interface Circumstances {
  /** Of a claim that is refused for the sake of others. */
  readonly overlaps?: OverlapList | undefined;
  /** Of several things that were asked for: which of them cannot be. */
  readonly at?: number | undefined;
  readonly places?: readonly ProblemPlace[];
}

/** The kernel's refusal of a call, with its own code. */
export class KernelRefusal extends Error {
  readonly code: KernelError;
  readonly overlaps: OverlapList | undefined;
  readonly at: number | undefined;
  readonly places: readonly ProblemPlace[];

  constructor(code: KernelError, detail: string, { overlaps, at, places = [] }: Circumstances = {}) {
    super(detail);
    this.name = "KernelRefusal";
    this.code = code;
    this.overlaps = overlaps;
    this.at = at;
    this.places = places;
  }
}
