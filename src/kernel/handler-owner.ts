/** What the environment of a handler is told of it, hosted or downloaded. */
import { Cause, Mailbox } from "./abi.js";
import type { HandlerParts } from "./bound-handler.js";
import type { Environment } from "./environment.js";
import { MAX_PENDING } from "./limits.js";

type Parts = Pick<HandlerParts, "memory" | "processor">;

/** By the handler's call `wake`. */
export function wakeOwner({ memory, processor }: Parts, environment: Environment, tag: number): void {
  if (environment.kind === "hosted" && environment.ring !== undefined) {
    Atomics.store(memory.words, (environment.ring.mailbox >> 2) + Mailbox.handlerTag, tag);
    tellHosted(memory, environment, Mailbox.handlerWakes);
  } else if (processor.alive(environment.id) && processor.pending(environment.id) + 1 < MAX_PENDING) {
    processor.post(environment.id, Cause.wake, [tag]);
  }
}

/** It was killed by so many messages in a row. */
export function tellUnbound({ memory }: Parts, environment: Environment): void {
  tellHosted(memory, environment, Mailbox.handlersUnbound);
}

/** `word`: counts how often. */
function tellHosted(memory: Parts["memory"], { kind, ring }: Environment, word: number): void {
  if (kind !== "hosted" || ring === undefined) return;
  Atomics.add(memory.words, (ring.mailbox >> 2) + word, 1);
  ring.wake();
}
