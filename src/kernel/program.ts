/**
 * The merged filter program as the kernel has it: what the compile worker answers takes effect at a batch boundary, and a new
 * compile worker is told all that holds.
 */
import type { Demux } from "../dpf/demux.js";
import { insertion } from "./binder.js";
import type { Bindings } from "./binding.js";
import type { Calls } from "./calls.js";
import type { Changes, Refused } from "./changes.js";
import type { CompileAnswer, Compiler } from "./compiler.js";
import type { Environments } from "./environment.js";
import type { Running } from "./running.js";
import type { Tell } from "./trace.js";

export class Program {
  readonly #demux: Demux;
  readonly #changes: Changes;
  readonly #running: Running;
  readonly #bindings: Bindings;
  readonly #environments: Environments;
  readonly #installed: () => void;
  readonly #tell: Tell;

  /** `installed`: told when another program judges the next packet. */
  constructor(
    demux: Demux,
    changes: Changes,
    running: Running,
    bindings: Bindings,
    environments: Environments,
    installed: () => void,
    tell: Tell,
  ) {
    this.#demux = demux;
    this.#changes = changes;
    this.#running = running;
    this.#bindings = bindings;
    this.#environments = environments;
    this.#installed = installed;
    this.#tell = tell;
  }

  setTarget(args: Calls["target"]["args"], done: () => void, refused: Refused): void {
    const installed = () => {
      const { target, shadow } = args;
      this.#environments.facts = { ...this.#environments.facts, target, shadow };
      done();
    };
    this.#running.setTarget(this.#changes, args, installed, refused);
  }

  setHeat(on: boolean, done: () => void, refused: Refused): void {
    this.#running.setHeat(this.#changes, on, done, refused);
  }

  /** At a batch boundary only: what the compile worker answered takes effect. */
  compiled(answer: CompileAnswer): void {
    if (answer.update !== undefined) {
      this.#demux.install(answer.update);
      this.#installed();
      this.#tell("programInstalled");
    }
    this.#changes.answered(answer);
  }

  /** The compile worker has missed its deadline. */
  get compilerStuck(): boolean {
    return this.#changes.overdue;
  }

  /** The compile worker is new, and changes that waited when it came are not all answered. */
  get compilerBehind(): boolean {
    return this.#changes.behind;
  }

  /** A new compile worker in place of one that was stuck or broke; `innocent`: over something else than a change. */
  replaceCompiler(compiler: Compiler, innocent: boolean): void {
    const held = [...this.#bindings.all()].filter((record) => record.from !== undefined);
    const changes = [...this.#running.held, ...held.map((record) => insertion(record, true))];
    this.#changes.replace(compiler, changes, innocent);
  }
}
