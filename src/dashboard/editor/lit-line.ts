/** One line of an editor lit from outside: where a program is. */
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";

const light = StateEffect.define<number | null>();
const lit = Decoration.line({ class: "cm-litLine" });

export const litLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (before, { effects, changes, state }) => {
    const said = effects.find((effect) => effect.is(light));
    if (said === undefined) return before.map(changes);
    const line: unknown = said.value;
    if (typeof line !== "number" || line < 1 || line > state.doc.lines) return Decoration.none;
    return Decoration.set(lit.range(state.doc.line(line).from));
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** From 1; null, or a line that there is not, lights none. It is scrolled to within the editor only, not the page. */
export function lightLine(view: EditorView, line: number | null): void {
  view.dispatch({ effects: light.of(line) });
  if (line === null || line < 1 || line > view.state.doc.lines) return;
  const block = view.lineBlockAt(view.state.doc.line(line).from);
  const { scrollTop, clientHeight } = view.scrollDOM;
  if (block.top >= scrollTop && block.bottom <= scrollTop + clientHeight) return;
  view.scrollDOM.scrollTop = block.top - clientHeight / 2;
}

/** The line beneath the pointer, from 1; null where there is none. */
export function lineAt(view: EditorView, event: MouseEvent): number | null {
  const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
  return at === null ? null : view.state.doc.lineAt(at).number;
}
