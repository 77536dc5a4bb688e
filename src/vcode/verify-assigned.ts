/** Definite assignment: a register is read only where every way there has assigned it. */
import type { Flow } from "./flow.js";
import { assignedBy, readsOf } from "./registers.js";
import type { Subject } from "./rejection.js";

/** Words of 32 registers, one set for each block. */
export const MAX_FLOW_WORDS = 1 << 24;

/**
 * One walk is enough, although there are loops: whoever comes back to a loop's head has been there before, and nothing takes an
 * assignment back. So what is assigned at a head is what its forward edges bring.
 */
export function checkAssigned(subject: Subject, flow: Flow): void {
  const { lambda } = subject;
  const words = (lambda.registers.length + 31) >>> 5;
  if (words * flow.order.length > MAX_FLOW_WORDS) {
    return subject.reject(0, "limit", `too many registers in too many blocks, limit ${MAX_FLOW_WORDS} words`);
  }
  const sets = new Uint32Array(words * flow.start.length);
  for (const block of flow.order) {
    const at = block * words;
    if (flow.rank[block] === 0)
      for (let register = 0; register < lambda.parameters; register++) add(sets, at, register);
    else arrive(sets, words, flow, block);
    const end = flow.end[block] ?? 0;
    for (let index = flow.start[block] ?? 0; index < end; index++) {
      const insn = lambda.insns[index];
      if (insn === undefined) continue;
      for (const register of readsOf(insn)) {
        if (has(sets, at, register)) continue;
        subject.reject(index, "unassigned", `r${register} is not assigned on every way here`);
      }
      const assigned = assignedBy(insn);
      if (assigned !== undefined) add(sets, at, assigned);
    }
  }
}

/** What all forward edges bring. */
function arrive(sets: Uint32Array, words: number, flow: Flow, block: number): void {
  const here = flow.rank[block] ?? 0;
  const to = block * words;
  sets.fill(0xffffffff, to, to + words);
  for (const pred of flow.predecessors[block] ?? []) {
    const rank = flow.rank[pred] ?? -1;
    if (rank < 0 || rank >= here) continue;
    const from = pred * words;
    for (let word = 0; word < words; word++) sets[to + word] = (sets[to + word] ?? 0) & (sets[from + word] ?? 0);
  }
}

/** Sets begin at `at`. */
function has(sets: Uint32Array, at: number, register: number): boolean {
  return (((sets[at + (register >>> 5)] ?? 0) >>> (register & 31)) & 1) === 1;
}

function add(sets: Uint32Array, at: number, register: number): void {
  sets[at + (register >>> 5)] = (sets[at + (register >>> 5)] ?? 0) | (1 << (register & 31));
}
