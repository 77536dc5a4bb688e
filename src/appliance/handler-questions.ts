/** Questions about handlers' texts, and what their code is made for: the control thread's side of the compile worker. */
import type { Target } from "../dpf/target.js";
import type { MachineFacts } from "../kernel/abi.js";
import type { ImageFacts } from "../vcode/image.js";
import type { CompileThread } from "./compile-thread.js";
import type { HandlerTexts } from "./interface.js";

export function handlerTexts(compile: CompileThread): HandlerTexts {
  return {
    check: (text, asker) => compile.ask("checkHandler", { text }, asker),
    stages: (text, asker) => compile.ask("handlerStages", { text }, asker),
    try: (asked, asker) => compile.ask("tryHandler", asked, asker),
    readState: (asked, asker) => compile.ask("readState", asked, asker),
  };
}

/** The target, and what of the machine code is generated for. */
export function imageMachine({ target, pageSize, stlb, stlbEntries }: MachineFacts): {
  readonly target: Target;
  readonly facts: ImageFacts;
} {
  return { target: target as Target, facts: { stlb, pageShift: Math.log2(pageSize), entries: stlbEntries } };
}
