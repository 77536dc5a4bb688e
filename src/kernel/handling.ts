/** Handlers and those who bind them, put together of the kernel's parts. */
import { wallNs } from "../machine/clock.js";
import type { PhysicalMemory } from "../machine/memory.js";
import type { Ports } from "../nic/ports.js";
import { Ash } from "./ash.js";
import type { Authority } from "./authority.js";
import type { Bindings } from "./binding.js";
import type { PacketPlace } from "./calls.js";
import type { Capabilities } from "./capabilities.js";
import type { Cpu } from "./cpu.js";
import type { Environments } from "./environment.js";
import { HandlerBinder } from "./handler-binder.js";
import type { Handles } from "./handles.js";
import type { Holdings } from "./holdings.js";
import type { Stlb } from "./stlb.js";
import type { Trace } from "./trace.js";
import type { Transmitter } from "./xmit.js";

/** The kernel, as far as handlers need it. */
export interface HandlingKernel {
  readonly environments: Environments;
  readonly bindings: Bindings;
  readonly ports: Ports;
  readonly transmitter: Transmitter;
  readonly cpu: Cpu;
  readonly authority: Authority;
  readonly capabilities: Capabilities;
  readonly handles: Handles;
  readonly holdings: Holdings;
  readonly trace: Trace;
}

/** `throttled`: what happened depends on the machine's speed. */
export function handlingOf(
  kernel: HandlingKernel,
  memory: PhysicalMemory,
  stlb: Stlb,
  nextPlace: () => PacketPlace,
  throttled: () => void,
): { readonly ash: Ash; readonly handlers: HandlerBinder } {
  const { environments, bindings, ports, transmitter, cpu, authority, capabilities, handles, holdings, trace } = kernel;
  const ash = new Ash({
    memory,
    stlb,
    pages: environments.pages,
    lacks: (environment, pages) => holdings.pressure.wanted(environment, pages),
    ports,
    transmitter,
    processor: cpu.processor,
    packets: bindings.packets,
    open: bindings.open,
    throttled,
    tell: trace.tell,
    tellOf: trace.tellOf,
    now: wallNs,
  });
  const handlers = new HandlerBinder({
    ash,
    bindings,
    environment: (by, id) => authority.environment(by, id),
    inNameOf: (by, serial) => capabilities.inNameOf(by, serial),
    transmitter: (text) => handles.admit(text, "transmit"),
    nextPlace,
  });
  return { ash, handlers };
}
