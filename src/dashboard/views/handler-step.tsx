/** A trial gone through step by step: the text and the VCODE side by side, what each instruction assigned, and the fuel left. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Editor } from "../editor/editor.js";
import { exact, plural } from "../format.js";
import { type ListingLine, listingOf, nextOfInsn, nextOfLine, otherLine, valueWords } from "../handler-steps.js";
import { goToStep, step, type Trial, trial, tryHandler } from "../handler-trial.js";
import { scrollTo, useScrolled, windowOf } from "../parts/window.js";

const LINE_HEIGHT = 20;
const LABEL = /^L\d+:$/;

/** Once it has run, keys step it and not the replay, unless somebody has gone on to something else meanwhile. */
export async function tryAndStep(handler: string, text: string, budget: number): Promise<void> {
  const before = trial.peek();
  const focused = document.activeElement;
  await tryHandler(handler, text, budget);
  if (trial.peek() === before) return;
  requestAnimationFrame(() => {
    const now = document.activeElement;
    if (now !== focused && now !== document.body) return;
    document.querySelector<HTMLElement>(".step-listing")?.focus({ preventScroll: true });
  });
}

export function Steps(props: { shown: Trial }) {
  const { shown } = props;
  const { walk, run } = shown;
  const at = Math.min(step.value, walk.steps.length - 1);
  const told = walk.steps.length;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens for keys from what is inside.
    <div class="steps-player" data-testid="steps" data-step={at} onKeyDown={(event) => turn(event, shown)}>
      <Controls shown={shown} at={at} />
      <Assigned shown={shown} at={at} />
      <div class="step-panes">
        <Source key={shown.text} shown={shown} at={at} />
        <Listing shown={shown} at={at} />
      </div>
      {told < run.total && (
        <p class="inset hint">
          {run.outcome === "killed" || run.outcome === "cut"
            ? `The first ${exact(told - 1)} of ${exact(run.total)} steps are told, and the last.`
            : `The first ${exact(told)} of ${exact(run.total)} steps are told.`}
        </p>
      )}
    </div>
  );
}

/** Keys of the player: by instruction, by line, to the ends. */
function turn(event: KeyboardEvent, { walk }: Trial): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = step.peek();
  const to: Readonly<Record<string, () => number>> = {
    ArrowRight: () => at + 1,
    ArrowLeft: () => at - 1,
    ArrowDown: () => otherLine(walk, at, 1),
    ArrowUp: () => otherLine(walk, at, -1),
    Home: () => 0,
    End: () => walk.steps.length - 1,
  };
  const next = to[event.key];
  if (next === undefined) return;
  event.preventDefault();
  goToStep(next());
}

function Controls(props: { shown: Trial; at: number }) {
  const { shown, at } = props;
  const { walk } = shown;
  const last = walk.steps.length - 1;
  const buttons: readonly (readonly [name: string, icon: string, hint: string, to: () => number, able: boolean])[] = [
    ["first", "M5 4v12M15 4l-8 6 8 6z", "First step (Home)", () => 0, at > 0],
    ["line-before", "M16 4l-7 6 7 6M10 4l-7 6 7 6", "The line before (↑)", () => otherLine(walk, at, -1), at > 0],
    ["previous", "M13 4l-7 6 7 6", "Previous instruction (←)", () => at - 1, at > 0],
    ["next", "M7 4l7 6-7 6", "Next instruction (→)", () => at + 1, at < last],
    ["line-after", "M4 4l7 6-7 6M10 4l7 6-7 6", "The next line (↓)", () => otherLine(walk, at, 1), at < last],
    ["last", "M15 4v12M5 4l8 6-8 6z", "Last step (End)", () => last, at < last],
  ];
  return (
    <div class="step-controls">
      <span class="transport">
        {buttons.map(([name, icon, hint, to, able]) => (
          <button
            key={name}
            type="button"
            data-testid={`step-${name}`}
            title={hint}
            aria-label={hint}
            disabled={!able}
            onClick={() => goToStep(to())}
          >
            <svg viewBox="0 0 20 20" width="14" height="14" aria-hidden="true">
              <path d={icon} fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" />
            </svg>
          </button>
        ))}
      </span>
      <input
        type="range"
        aria-label="Step"
        min={0}
        max={Math.max(0, last)}
        value={at}
        onInput={(event) => goToStep(Number(event.currentTarget.value))}
      />
      <span class="step-number">
        step {exact(at + 1)} of {exact(last + 1)}
      </span>
    </div>
  );
}

function Assigned(props: { shown: Trial; at: number }) {
  const { walk, run, budget } = props.shown;
  const found = walk.steps[props.at];
  if (found === undefined) return null;
  const line = walk.lines[props.at] ?? 0;
  const isLast = props.at === walk.steps.length - 1;
  const end = run.outcome === "killed" || run.outcome === "cut" ? run.outcome : undefined;
  return (
    <dl class="assigned" aria-live="polite">
      <div>
        <dt>line</dt>
        <dd data-testid="step-line">{line > 0 ? line : "–"}</dd>
      </div>
      <div class="assigned-value">
        <dt>assigns</dt>
        <dd class="mono" data-testid="step-value">
          {isLast && end !== undefined ? (
            <span class="trouble">{end} here</span>
          ) : found.register < 0 ? (
            <span class="faint">nothing</span>
          ) : (
            <>
              r{found.register} = {valueWords(found.value)}
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>fuel left</dt>
        <dd data-testid="step-fuel">
          {exact(Math.max(0, found.fuel))} <span class="hint">of {exact(budget)}</span>
        </dd>
      </div>
    </dl>
  );
}

function Source(props: { shown: Trial; at: number }) {
  const { shown, at } = props;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const line = shown.walk.lines[at] ?? 0;
  const latest = useRef({ shown, line });
  latest.current = { shown, line };
  useEffect(() => {
    let gone = false;
    const mount = async () => {
      const { createAshEditor } = await import("../editor/ash-editor.js");
      if (gone || host.current === null) return;
      const chosen = (wanted: number) => {
        const next = nextOfLine(latest.current.shown.walk, step.peek(), wanted);
        if (next !== null) goToStep(next);
      };
      const nothing = () => {};
      const options = { text: shown.text, hint: "", changed: nothing, submit: nothing, readOnly: true, chosen };
      editor.current = createAshEditor(host.current, options);
      editor.current.light(latest.current.line);
    };
    void mount();
    return () => {
      gone = true;
      editor.current?.destroy();
      editor.current = null;
    };
  }, []);
  useEffect(() => editor.current?.light(line > 0 ? line : null), [line]);
  return (
    <figure class="step-pane" aria-label="The text; a click on a line goes to where it is run next">
      <figcaption class="hint">Text</figcaption>
      <div class="step-source" data-testid="step-source" ref={host} />
    </figure>
  );
}

function Listing(props: { shown: Trial; at: number }) {
  const { shown, at } = props;
  const lines = useMemo(() => listingOf(shown.walk), [shown.walk]);
  const box = useRef<HTMLDivElement>(null);
  const scrolled = useScrolled(box);
  const seen = windowOf(scrolled, lines.length, LINE_HEIGHT);
  const found = shown.walk.steps[at];
  const lit = lines.findIndex(({ lambda, insn }) => lambda === found?.lambda && insn === found.insn);
  useEffect(() => {
    const element = box.current;
    if (element === null || lit < 0) return;
    const place = { top: element.scrollTop, view: element.clientHeight };
    const top = scrollTo(lit, place, lines.length, LINE_HEIGHT);
    if (top !== null) element.scrollTop = top;
  }, [lit, lines]);
  return (
    <figure class="step-pane" aria-label="VCODE; a click on an instruction goes to where it is run next">
      <figcaption class="hint">VCODE</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and its keys step. */}
      <div class="step-listing mono" ref={box} tabIndex={0} data-testid="step-vcode">
        <div class="step-lines" style={{ height: `${seen.height}px` }}>
          {lines.slice(seen.first, seen.last).map((line, index) => (
            <VcodeLine
              key={seen.first + index}
              line={line}
              top={seen.topOf(seen.first + index)}
              lit={seen.first + index === lit}
              shown={shown}
            />
          ))}
        </div>
      </div>
    </figure>
  );
}

function VcodeLine(props: { line: ListingLine; top: number; lit: boolean; shown: Trial }) {
  const { line, top, lit, shown } = props;
  const { lambda, insn, text, ran } = line;
  const jump = () => {
    const next = nextOfInsn(shown.walk, step.peek(), lambda, Math.max(0, insn));
    if (next !== null) goToStep(next);
  };
  const kind = `${lit ? "lit" : ""} ${ran === 0 ? "never" : ""} ${insn < 0 ? "step-lambda" : LABEL.test(text) ? "step-label" : ""}`;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: with keys the player is stepped; a click is a shortcut.
    // biome-ignore lint/a11y/noStaticElementInteractions: the same.
    <div
      class={`step-line ${kind}`}
      aria-current={lit ? "step" : undefined}
      style={{ top: `${top}px` }}
      title={ran === 0 ? "never run here" : `run ${plural(ran, "time")} here`}
      onClick={jump}
    >
      <span class="step-ran">{insn < 0 ? "" : ran > 1 ? `${exact(ran)}×` : ""}</span>
      {insn < 0 ? `${text}:` : LABEL.test(text) ? text : `  ${text}`}
    </div>
  );
}
