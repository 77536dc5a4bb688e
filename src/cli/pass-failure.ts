/**
 * What ends a pass as the command tells it. Apart from failure.ts, which every command loads: this needs the classifier's
 * own classes.
 */
import { TooManyLinkTypes } from "../appliance/pass.js";
import { ClassifierFull } from "../dpf/dpf.js";
import { InputError } from "./failure.js";

/** Limits that filters and capture go beyond together are the input's fault; other errors are returned as they are. */
export function inWords(error: unknown): unknown {
  return error instanceof ClassifierFull || error instanceof TooManyLinkTypes
    ? new InputError("", error.message)
    : error;
}
