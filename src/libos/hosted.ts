/**
 * Entry of a hosted environment's worker. `workerData` is HostedWorkerData; its port must also be in
 * the transfer list. The loop never returns to Node's own, so the port is polled: posting to it
 * works while the loop sleeps, the sender then says that it has posted and rings the doorbell.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { type HostedStart, Mailbox } from "../kernel/abi.js";
import { KernelCalls } from "./kernel-calls.js";
import { failEnvironment, type Messages, reasonOf, runEnvironment, type ToEnvironment } from "./libos.js";
import type { Program } from "./program.js";
import { PROGRAMS } from "./programs.js";
import { Transmit } from "./transmit.js";

export type HostedWorkerData = HostedStart & {
  readonly port: MessagePort;
  /** What the data plane sleeps on. */
  readonly kernelBell: SharedArrayBuffer;
};

function portMessages({ memory, mailbox, port }: HostedWorkerData): Messages {
  const words = new Int32Array(memory.buffer, mailbox);
  let seen = 0;
  return {
    poll: () => {
      const posted = Atomics.load(words, Mailbox.posted);
      if (posted === seen) return undefined;
      const received: { message: ToEnvironment } | undefined = receiveMessageOnPort(port);
      if (received === undefined) seen = posted;
      return received?.message;
    },
    post: (message) => port.postMessage(message),
  };
}

function load(start: HostedStart): Program {
  const factory = PROGRAMS.get(start.program);
  if (factory === undefined) {
    throw new Error(
      `no program is called ${JSON.stringify(start.program)}; there are: ${[...PROGRAMS.keys()].join(", ")}`,
    );
  }
  const { transmit } = start;
  return factory(
    start.options,
    start.machine,
    transmit === undefined ? undefined : new Transmit(start.memory, transmit),
  );
}

function main(start: HostedWorkerData): void {
  const messages = portMessages(start);
  let program: Program;
  try {
    program = load(start);
    program.attach?.(new KernelCalls(start, start.kernelBell), start);
  } catch (error) {
    failEnvironment(start, messages, reasonOf(error));
    start.port.close();
    return;
  }
  runEnvironment(start, program, messages);
  start.port.close();
}

main(workerData);
