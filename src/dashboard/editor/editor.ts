/**
 * The text editor: CodeMirror 6 with the language's colours and the appliance's errors at their places. Loaded
 * when a filter is first opened; its styles carry the page's nonce, as the policy asks.
 */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState, type Extension, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from "@codemirror/view";
import type { ProblemPlace } from "../../control/protocol.js";
import { dpf } from "./dpf-language.js";
import { lightLine, lineAt, litLine } from "./lit-line.js";
import { pcapFilter } from "./pcap-filter-language.js";
import { vcode } from "./vcode-language.js";

export interface Editor {
  readonly setText: (text: string) => void;
  readonly setErrors: (errors: readonly ProblemPlace[]) => void;
  /** Puts the cursor at a place, from 1, and the focus in the editor. */
  readonly goTo: (line: number, column: number) => void;
  /** Lights a line, from 1, and brings it in sight; null lights none. */
  readonly light: (line: number | null) => void;
  readonly destroy: () => void;
}

export type Language = "dpf" | "pcap-filter" | "vcode";

/** Of a language whose support is loaded on its own. */
export interface LoadedLanguage {
  readonly extension: Extension;
  readonly label: string;
}

const LANGUAGES: Readonly<Record<Language, LoadedLanguage>> = {
  dpf: { extension: dpf, label: "Filter text, DPF" },
  "pcap-filter": { extension: pcapFilter, label: "Filter text, pcap-filter" },
  vcode: { extension: vcode, label: "Code, VCODE" },
};

export interface EditorOptions {
  readonly text: string;
  readonly language: Language | LoadedLanguage;
  readonly hint: string;
  readonly changed: (text: string) => void;
  /** Ctrl+Enter. */
  readonly submit: () => void;
  readonly readOnly?: boolean;
  /** A line that was clicked, from 1. */
  readonly chosen?: (line: number) => void;
}

export function createEditor(parent: HTMLElement, options: EditorOptions): Editor {
  const view = new EditorView({
    parent,
    state: EditorState.create({ doc: options.text, extensions: extensions(options) }),
  });
  return {
    setText: (text) => {
      if (text !== view.state.doc.toString()) {
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      }
    },
    setErrors: (errors) => view.dispatch(setDiagnostics(view.state, diagnostics(view.state.doc, errors))),
    goTo: (line, column) => {
      const at = position(view.state.doc, line, column);
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at) });
      view.focus();
    },
    light: (line) => lightLine(view, line),
    destroy: () => view.destroy(),
  };
}

function extensions(options: EditorOptions) {
  const { language, readOnly = false, chosen } = options;
  const { extension, label } = typeof language === "string" ? LANGUAGES[language] : language;
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
  return [
    EditorView.cspNonce.of(nonce),
    lineNumbers(),
    history(),
    drawSelection(),
    bracketMatching(),
    highlightActiveLine(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({
      "aria-label": label,
      spellcheck: "false",
      autocapitalize: "off",
      ...(readOnly ? { tabindex: "0" } : {}),
    }),
    EditorState.readOnly.of(readOnly),
    EditorView.editable.of(!readOnly),
    litLine,
    chosen === undefined
      ? []
      : EditorView.domEventHandlers({
          click: (event, view) => {
            const line = lineAt(view, event);
            if (line !== null) chosen(line);
          },
        }),
    placeholder(options.hint),
    extension,
    look,
    keymap.of([
      {
        key: "Mod-Enter",
        run: () => {
          options.submit();
          return true;
        },
      },
      ...defaultKeymap,
      ...historyKeymap,
      ...lintKeymap,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.changed(update.state.doc.toString());
    }),
  ];
}

function position(text: Text, line: number, column: number): number {
  const found = text.line(Math.min(text.lines, Math.max(1, line)));
  return Math.min(found.to, found.from + Math.max(0, column - 1));
}

/** An error covers its token, or else the character at its place (at the end of a line the one before). */
function diagnostics(text: Text, errors: readonly ProblemPlace[]): Diagnostic[] {
  return errors
    .filter((error) => error.line !== undefined)
    .map((error) => {
      const at = position(text, error.line ?? 1, error.column ?? 1);
      const end = Math.min(text.length, at + Math.max(1, error.length ?? 1));
      const from = end === at ? Math.max(0, at - 1) : at;
      return { from, to: end, severity: "error" as const, message: withHint(error) };
    })
    .sort((a, b) => a.from - b.from);
}

function withHint({ message, hint }: ProblemPlace): string {
  return hint === undefined ? message : `${message}\n${hint}`;
}

// The lint package underlines with data: images, which the page's policy refuses; text decoration does as well.
const wavy = { backgroundImage: "none", textDecoration: "underline wavy var(--trouble)", textUnderlineOffset: "3px" };

const look = EditorView.theme({
  "&": {
    minHeight: "180px",
    maxHeight: "56vh",
    fontSize: "13px",
    color: "var(--text)",
    backgroundColor: "var(--surface)",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { overflow: "auto", minHeight: "180px", fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--text)", padding: "8px 0" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--text-soft)", border: "none" },
  ".cm-activeLine": { backgroundColor: "var(--active-line)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-placeholder": { color: "var(--text-soft)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".cm-lintRange, .cm-lintRange-error": wavy,
  ".cm-lintPoint:after": { borderBottomColor: "var(--trouble)" },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    color: "var(--text)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    overflow: "hidden",
  },
  ".cm-litLine": { backgroundColor: "var(--accent-soft)", boxShadow: "inset 3px 0 var(--accent)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxWidth: "min(480px, 80vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px 8px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--on-accent)",
  },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "0.75", fontSize: "12px" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-tooltip.cm-completionInfo": { padding: "6px 10px", maxWidth: "300px", fontFamily: "system-ui, sans-serif" },
  ".cm-diagnostic": { padding: "6px 10px", whiteSpace: "pre-line", fontFamily: "system-ui, sans-serif" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--trouble)" },
});
