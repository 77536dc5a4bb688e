/** The editor for handlers' texts: colours of TypeScript, completion of "exonet/ash". Loaded when a handler is first opened. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  ifNotIn,
} from "@codemirror/autocomplete";
import { localCompletionSource, typescriptLanguage } from "@codemirror/lang-javascript";
import { indentOnInput, indentUnit, LanguageSupport } from "@codemirror/language";
import { type EditorView, keymap } from "@codemirror/view";
import { importOf, importRange, membersOf } from "./ash-members.js";
import { type AshName, NAMES } from "./ash-names.js";
import { createEditor, type Editor, type EditorOptions } from "./editor.js";
import { highlighting } from "./highlight.js";

const WORDS = [
  "const",
  "let",
  "function",
  "return",
  "if",
  "else",
  "for",
  "while",
  "switch",
  "case",
  "default",
  "break",
];

function complete(context: CompletionContext): CompletionResult | null {
  const member = context.matchBefore(/[A-Za-z_$][\w$]*(\[[^\][]*\])?\.\w*$/);
  const text = context.state.doc.toString();
  if (member !== null) {
    const [, name = "", place] = /^([\w$]+)(\[[^\][]*\])?\./.exec(member.text) ?? [];
    const from = member.from + member.text.lastIndexOf(".") + 1;
    return { from, options: membersOf(text, name, place !== undefined).map((one) => optionOf(one)), validFor: /^\w*$/ };
  }
  const word = context.matchBefore(/[A-Za-z_$][\w$]*$/);
  if (word === null && !context.explicit) return null;
  const words = WORDS.map((label): Completion => ({ label, type: "keyword" }));
  const names = NAMES.map((one) => ({ ...optionOf(one), apply: withImport(one.name) }));
  return { from: word?.from ?? context.pos, options: [...names, ...words], validFor: /^[\w$]*$/ };
}

const TYPES = { type: "type", constant: "constant", function: "function", property: "property", method: "method" };

function optionOf({ name, kind, detail, info }: AshName): Completion {
  return { label: name, type: TYPES[kind], detail, ...(info === "" ? {} : { info }) };
}

/** A name that is taken is imported, too, where it is not yet. */
function withImport(name: string) {
  return (view: EditorView, _completion: Completion, from: number, to: number) => {
    const text = view.state.doc.toString();
    const [begin, end] = importRange(text);
    const added = from >= begin && from < end ? null : importOf(text, name);
    const written = { from, to, insert: name };
    const shift = added !== null && added.at <= from ? added.insert.length : 0;
    view.dispatch({
      changes: added === null ? written : [{ from: added.at, insert: added.insert }, written],
      selection: { anchor: from + shift + name.length },
      userEvent: "input.complete",
    });
  };
}

const QUIET = ["LineComment", "BlockComment", "String"];

const language = [
  new LanguageSupport(typescriptLanguage, [
    typescriptLanguage.data.of({ autocomplete: ifNotIn(QUIET, complete) }),
    typescriptLanguage.data.of({ autocomplete: localCompletionSource }),
  ]),
  highlighting,
  indentUnit.of("  "),
];

const writing = [autocompletion(), closeBrackets(), indentOnInput(), keymap.of(closeBracketsKeymap)];

export function createAshEditor(parent: HTMLElement, options: Omit<EditorOptions, "language">): Editor {
  const extension = options.readOnly === true ? language : [language, writing];
  return createEditor(parent, { ...options, language: { extension, label: "Handler text, TypeScript" } });
}
