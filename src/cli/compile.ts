/** `exonet compile`: what the compiler makes of a filter, stage by stage. */
import { linkTypeNumber } from "../capture/linktype.js";
import { printStages, type Stage, stagesOf } from "../dpf/stages.js";
import { compileText, type FilterLanguage } from "../filter/filter.js";
import { wallNs } from "../machine/clock.js";
import { DASH } from "./capture-file.js";
import { InputError } from "./failure.js";
import { readStdin } from "./text-file.js";

export interface CompileCommand {
  /** All where it is undefined; `ast` is a pcap-filter text's alone. */
  readonly stage?: string;
  readonly language: "pcap" | "dpf";
  readonly linkType?: string;
}

export async function compile(expression: string, command: CompileCommand): Promise<number> {
  const { stage, linkType } = command;
  if (linkType !== undefined && linkTypeNumber(linkType) === undefined) {
    throw new InputError("--link-type", `no link type is called ${linkType}; ETHERNET, RAW and LINUX_SLL are some`);
  }
  const place = expression === DASH ? "stdin" : "EXPR";
  const text = expression === DASH ? await readStdin() : expression;
  if (stage === "ast")
    throw new InputError("--stage ast", "DPF text is atoms already: only pcap-filter texts have a tree");
  const stages = compiled(place, text, command.language === "dpf" ? "dpf" : "pcap-filter");
  const one = stages.find(({ name }) => name === stage);
  process.stdout.write(one?.text ?? printStages(stages, heading));
  return 0;
}

function compiled(place: string, text: string, language: FilterLanguage): Stage[] {
  const result = compileText(text, language);
  if (result.ok) return stagesOf(result.filter, () => wallNs() / 1e6);
  throw new InputError(
    "",
    result.errors.map(({ line, column, message }) => `${place}:${line}:${column}: ${message}`).join("\n"),
  );
}

function heading({ name, octets, instructions, milliseconds }: Stage): string {
  return `${name}: ${instructions} ${COUNTED[name]}, ${octets} octets, ${milliseconds.toFixed(2)} ms`;
}

/** What a stage is made of. */
const COUNTED: Readonly<Record<Stage["name"], string>> = {
  atoms: "atoms",
  trie: "nodes",
  vcode: "instructions",
  js: "instructions",
  wat: "instructions",
};
