/** The processor and the code that runs on it, put together of the kernel's parts. */
import type { PhysicalMemory } from "../machine/memory.js";
import type { MachineFacts } from "./abi.js";
import { Activations } from "./activation.js";
import { Cpu } from "./cpu.js";
import type { Environments } from "./environment.js";
import type { Handles } from "./handles.js";
import type { Holdings } from "./holdings.js";
import type { Settlement } from "./settlement.js";
import type { Stlb } from "./stlb.js";
import type { Trace } from "./trace.js";

/** The kernel, as far as the processor needs it. Handles, holdings and settlement are made later: they are asked when code runs. */
export interface ComputingKernel {
  readonly environments: Environments;
  readonly handles: Handles;
  readonly holdings: Holdings;
  readonly settlement: Settlement;
  readonly trace: Trace;
}

/** `failed`: an environment's code did what ends it. */
export function computingOf(
  kernel: ComputingKernel,
  memory: PhysicalMemory,
  stlb: Stlb,
  facts: MachineFacts,
  failed: (environment: number, reason: string) => void,
): { readonly activations: Activations; readonly cpu: Cpu } {
  const { environments, trace } = kernel;
  const activations = new Activations(memory, stlb, facts, trace.tell, failed, environments.pages, {
    gave: (id) => kernel.holdings.gave(id, "pages"),
    lacks: (id) => kernel.holdings.pressure.wanted(id, 1),
  });
  const cpu = new Cpu({
    memory,
    environments,
    activations,
    facts,
    mayAllocate: (environment, handle) => kernel.handles.check(environment, handle, "allocate"),
    ended: (environment, delivered, cutOff) => kernel.settlement.ended(environment, delivered, cutOff),
    greedy: (id) => failed(id, "it went too far beyond its time, or too often"),
    gaveSlice: (id) => kernel.holdings.gave(id, "slices"),
    tell: trace.tell,
  });
  return { activations, cpu };
}
