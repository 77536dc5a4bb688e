/**
 * What images may do and others not: an image addresses memory virtually and traps to its kernel, which enters it in one way
 * (image.ts). Virtual addresses need no proof, since each is translated when it is used.
 */
import { ENTRY_PARAMETERS } from "./image.js";
import type { Subject } from "./rejection.js";

/** A trap names its lambda in 11 bits. */
export const MAX_IMAGE_LAMBDAS = 1 << 11;

export function checkNoImage(subject: Subject): void {
  for (const [index, { op }] of subject.lambda.insns.entries()) {
    if (op !== "ldv" && op !== "stv" && op !== "aluo") continue;
    subject.reject(index, "image", "it may trap, which nothing but an image may");
  }
}

export function checkImage(subject: Subject): void {
  const { lambda, number, program } = subject;
  if (number > 0) return;
  if (program.lambdas.length > MAX_IMAGE_LAMBDAS) {
    subject.reject(0, "limit", `${program.lambdas.length} lambdas, limit of an image ${MAX_IMAGE_LAMBDAS}`);
  }
  if (lambda.regions.length !== 1 || lambda.regions[0] !== "packet") {
    subject.reject(0, "image", "the entry of an image has one region, the packet");
  }
  const parameters = lambda.registers.slice(0, lambda.parameters);
  // The first is the packet's address by its region.
  if (parameters.length !== ENTRY_PARAMETERS || parameters.slice(1).some((type) => type !== "i")) {
    const reason = `the entry of an image takes a packet and ${ENTRY_PARAMETERS - 1} signed words: octets, cause, message`;
    subject.reject(0, "image", reason);
  }
  if (lambda.result !== "i") subject.reject(0, "image", "the entry of an image gives back a signed word");
}
