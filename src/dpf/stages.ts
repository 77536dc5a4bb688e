/**
 * The stages of one filter compiled alone, each as text with its size and the time that it took: what
 * `exonet compile` prints, the page shows and golden files keep. The passes are those of dpf.ts.
 */
import { indented } from "../vcode/indented.js";
import { instructionsOf } from "../vcode/insn.js";
import { printProgram } from "../vcode/print.js";
import { printWat } from "../vcode/wat.js";
import type { Conjunction, Filter } from "./atom.js";
import { emitBatchJs } from "./batch-js.js";
import { emitBatchWasm } from "./batch-wasm.js";
import { canonicalFilter } from "./canonical.js";
import { Classifier, programOf } from "./dpf.js";
import { Plan } from "./plan.js";
import { printConjunction } from "./print.js";
import { printTrie } from "./print-trie.js";
import type { StageName } from "./stage-names.js";

export interface Stage {
  readonly name: StageName;
  readonly text: string;
  /** Of the text; of what the engine gets, where that is printed otherwise: a module, JavaScript without indentation. */
  readonly octets: number;
  /** What it is made of: atoms, nodes of the trie, instructions of VCODE. */
  readonly instructions: number;
  /** From the stage before to this one; printing is no part of it. */
  readonly milliseconds: number;
}

/** The number by which the filter goes in its own trie. */
const ID = 1;

/** `now`: a clock in ms, of which only differences are told. The filter is well formed. */
export function stagesOf(filter: Filter, now: () => number): Stage[] {
  const timed = <T>(work: () => T): [made: T, milliseconds: number] => {
    const start = now();
    const made = work();
    return [made, now() - start];
  };
  const [forms, formsMs] = timed(() => [...canonicalFilter(filter).values()]);
  const [classifier, trieMs] = timed(() => classifierOf(filter));
  const { trie } = classifier;
  const [plan, planMs] = timed(() => new Plan(trie, false));
  const options = { heat: false, residuals: classifier.residuals };
  const [program, generateMs] = timed(() => programOf(plan, options));
  const [{ source }, jsMs] = timed(() => emitBatchJs(program, plan.traits));
  const [module, wasmMs] = timed(() => emitBatchWasm(program, plan.traits));
  const instructions = instructionsOf(program);
  return [
    stage("atoms", printAtoms(forms, filter), forms.flat().length, formsMs),
    stage("trie", printTrie(trie), trie.nodes, trieMs),
    stage("vcode", printProgram(program), instructions, planMs + generateMs),
    { ...stage("js", indented(source), instructions, jsMs), octets: source.length },
    { ...stage("wat", printWat(module), instructions, wasmMs), octets: module.length },
  ];
}

function stage(name: StageName, text: string, instructions: number, milliseconds: number): Stage {
  return { name, text, octets: Buffer.byteLength(text), instructions, milliseconds };
}

/** A conjunction a line. A filter without any matches nothing. */
function printAtoms(forms: readonly Conjunction[], { residual }: Filter): string {
  if (forms.length === 0) return "never\n";
  const also = residual === undefined ? "" : `\n# and what this says of the frame:\n${printProgram(residual)}`;
  return `${forms.map(printConjunction).join("\n||\n")}\n${also}`;
}

function classifierOf(filter: Filter): Classifier {
  const classifier = new Classifier();
  classifier.insert(ID, filter, "tap", 0, 0);
  return classifier;
}

/** All stages as one text, each under its heading. */
export function printStages(stages: readonly Stage[], heading: (stage: Stage) => string): string {
  return stages.map((one) => `--- ${heading(one)}\n${one.text.replace(/\n*$/, "\n")}`).join("\n");
}
