/** `exonet compile`: what the compiler makes of a filter, stage by stage. */
import { compiledText, type Text } from "../appliance/texts.js";
import { linkTypeNumber } from "../capture/linktype.js";
import { printStages, type Stage, stagesOf } from "../dpf/stages.js";
import { ErrorList, type TextError } from "../filter/error.js";
import { treeOf } from "../filter/filter.js";
import { parsePcapFilter } from "../filter/pcap-filter/parser.js";
import { printTree } from "../filter/pcap-filter/print-tree.js";
import { wallNs } from "../machine/clock.js";
import { DASH } from "./capture-file.js";
import { InputError } from "./failure.js";
import { places } from "./filter-path.js";
import { readStdin } from "./text-file.js";

export interface CompileCommand {
  /** All where it is undefined; `ast` is a pcap-filter text's alone. */
  readonly stage?: string;
  readonly language: "pcap" | "dpf";
  readonly linkType: string;
}

export async function compile(expression: string, { stage, language, linkType }: CompileCommand): Promise<number> {
  const link = linkTypeNumber(linkType);
  if (link === undefined) {
    throw new InputError("--link-type", `no link type is called ${linkType}; ETHERNET, RAW and LINUX_SLL are some`);
  }
  const isDpf = language === "dpf";
  const read = isDpf ? "dpf" : "pcap-filter";
  const source: Text =
    expression === DASH
      ? { place: "stdin", text: await readStdin(), language: read }
      : { place: "EXPR", text: expression, language: read, verbatim: true };
  if (stage === "ast") {
    if (isDpf) throw new InputError("--stage ast", "DPF text is atoms already: only pcap-filter texts have a tree");
    process.stdout.write(tree(source));
    return 0;
  }
  const stages = compiled(source, link);
  const one = stages.find(({ name }) => name === stage);
  const before = stage === undefined && !isDpf ? `--- ast\n${tree(source)}\n` : "";
  process.stdout.write(one?.text ?? `${before}${printStages(stages, heading)}`);
  return 0;
}

function tree({ place, text, verbatim }: Text): string {
  const errors = new ErrorList(text);
  const expression = verbatim === true ? parsePcapFilter(text, errors) : treeOf(text, errors);
  if (errors.any) throw wrong(place, errors.list());
  return expression === undefined ? "every frame\n" : printTree(expression);
}

function compiled(source: Text, link: number): Stage[] {
  const result = compiledText(source, link);
  if (result.ok) return stagesOf(result.filter, () => wallNs() / 1e6);
  throw wrong(source.place, result.errors);
}

function wrong(place: string, errors: readonly TextError[]): InputError {
  return new InputError("", places(place, errors).join("\n"));
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
