/**
 * The whole capture as packets per slot of capture time, with the played part filled. Pointing tells the
 * time, a click or the end of a drag seeks there; with the focus on it, arrows seek by a hundredth.
 */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { clock, exact, fractionDigits, utc } from "../format.js";
import { opened, played, playedTime, playing, seekTo, timeline } from "../player.js";
import { columnsOf, type Timeline, timeAt } from "../slots.js";
import { captures, loaded, replay } from "../store.js";
import { colourOf, theme } from "../theme.js";

/** Fraction under the pointer, and whether it is being dragged there. */
const pointed = signal<{ readonly at: number; readonly dragging: boolean } | null>(null);

export function TimelineCanvas() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const line = timeline.value;
  const done = pointed.value?.dragging ? pointed.value.at : played.value;
  const colours = theme.value;
  useEffect(() => {
    if (canvas.current === null) return;
    const element = canvas.current;
    const paint = () => draw(element, line?.slots ?? [], done);
    paint();
    const observer = new ResizeObserver(paint);
    observer.observe(element);
    return () => observer.disconnect();
  }, [line, done, colours]);
  const usable = line !== null && opened.value;
  return (
    <div
      class={usable ? "timeline" : "timeline idle"}
      data-testid="timeline"
      role="slider"
      tabIndex={usable ? 0 : -1}
      aria-label="Position in the capture"
      aria-disabled={!usable}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(done * 100)}
      aria-valuetext={usable ? spoken(line, done) : loaded.value ? "no capture" : "connecting"}
      {...(usable ? pointerHandlers() : {})}
    >
      <canvas ref={canvas} />
      {!usable && (
        <span class="timeline-empty">
          {!loaded.value
            ? "Connecting…"
            : captures.value.length === 0
              ? "No capture is stored yet."
              : "Choose a capture, or drop one anywhere on this page."}
        </span>
      )}
      {usable && pointed.value !== null && <Tip line={line} at={pointed.value.at} />}
    </div>
  );
}

function spoken(line: Timeline, fraction: number): string {
  const digits = Math.min(3, fractionDigits(line.last - line.first));
  return `${clock(timeAt(line, fraction) - line.first, digits)} of ${clock(line.last - line.first, digits)}`;
}

function Tip(props: { line: Timeline; at: number }) {
  const { line, at } = props;
  const time = timeAt(line, at);
  const digits = fractionDigits(line.last - line.first);
  const count = line.slots[Math.min(line.slots.length - 1, Math.floor(at * line.slots.length))] ?? 0;
  const side = at > 0.5 ? { right: `${(1 - at) * 100}%` } : { left: `${at * 100}%` };
  return (
    <span class="timeline-tip" style={side}>
      <b>{clock(time - line.first, digits)}</b> {utc(time, digits)} UTC · {exact(count)} in this slot
    </span>
  );
}

function pointerHandlers() {
  const at = (event: PointerEvent) => {
    const box = event.currentTarget instanceof HTMLElement ? event.currentTarget.getBoundingClientRect() : null;
    return box === null ? 0 : Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || !(event.currentTarget instanceof HTMLElement)) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      pointed.value = { at: at(event), dragging: true };
    },
    onPointerMove: (event: PointerEvent) => {
      pointed.value = { at: at(event), dragging: pointed.value?.dragging ?? false };
    },
    onPointerUp: (event: PointerEvent) => {
      if (pointed.value?.dragging) void seekTo(at(event));
      pointed.value = { at: at(event), dragging: false };
    },
    onPointerCancel: () => {
      pointed.value = null;
    },
    onPointerLeave: () => {
      if (pointed.value?.dragging !== true) pointed.value = null;
    },
    onKeyDown: seekByKey,
  };
}

const STEPS: Record<string, number> = {
  ArrowLeft: -0.01,
  ArrowRight: 0.01,
  PageDown: -0.1,
  PageUp: 0.1,
  Home: -1,
  End: 1,
};

function seekByKey(event: KeyboardEvent): void {
  const step = STEPS[event.key];
  if (step === undefined) return;
  event.preventDefault();
  void seekTo(Math.min(1, Math.max(0, played.value + step)));
}

function draw(canvas: HTMLCanvasElement, slots: readonly number[], done: number): void {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.clearRect(0, 0, width, height);
  const columns = columnsOf(slots, width);
  const most = columns.reduce((a, b) => Math.max(a, b), 0);
  const edge = done * width;
  const playedColour = colourOf("--accent");
  const restColour = colourOf("--timeline-rest");
  for (const [x, count] of columns.entries()) {
    if (count === 0) continue;
    // Heights go by the square root, so that a burst does not flatten the rest; one packet is still two pixels.
    const bar = Math.max(2 * ratio, Math.sqrt(count / most) * (height - 2));
    context.fillStyle = x < edge ? playedColour : restColour;
    context.fillRect(x, height - bar, 1, bar);
  }
  if (slots.length === 0) return;
  context.fillStyle = playedColour;
  context.fillRect(Math.min(width - 2 * ratio, Math.max(0, edge - ratio)), 0, 2 * ratio, height);
}

/** Capture time: into the capture, of how much, and the moment it was recorded; packet and epoch. */
export function CaptureTime() {
  const now = replay.value;
  const line = timeline.value;
  if (now === null || line === null || !opened.value) return null;
  const time = playedTime.value ?? line.first;
  // While it moves nobody reads millionths.
  const digits = Math.min(fractionDigits(line.last - line.first), playing.value ? 3 : 9);
  return (
    <div class="capture-time">
      <span title={`Capture time: ${utc(time, 9)} UTC`}>
        <b>{clock(time - line.first, digits)}</b> / {clock(line.last - line.first, digits)}
      </span>
      <span class="moment">{utc(time, Math.min(digits, 3))} UTC</span>
      <span title="Packets let through in this epoch, of all" data-testid="replay-packet" data-value={now.packet}>
        packet <b>{now.packet === 0 && played.value > 0 ? "–" : exact(now.packet)}</b> / {exact(line.packets)}
      </span>
      {now.epoch > 1 && (
        <span class="moment" title="Each seek and each round begins an epoch">
          epoch {exact(now.epoch)}
        </span>
      )}
      {now.backwards > 0 && (
        <span class="warning" title="Packets whose time lies before that of an earlier one; they leave at once">
          {exact(now.backwards)} back in time
        </span>
      )}
      <ReplayWord />
    </div>
  );
}

function ReplayWord() {
  const now = replay.value;
  if (now === null) return null;
  const text = now.state === "waiting" ? "waiting" : now.state;
  return (
    <span class={`replay-state ${now.state}`} data-testid="replay-state" data-state={now.state}>
      {text}
      {now.state === "ended" && now.lossless && !now.deterministic && " (not deterministic)"}
    </span>
  );
}
