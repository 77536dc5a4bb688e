/** The replay, always at the top: which capture, play and its kin, speed, where in the capture, how well in time. */
import { drift, exact, packetRate, roughly, timeOfDay } from "../format.js";
import {
  loop,
  lossless,
  opened,
  pause,
  play,
  playing,
  replayError,
  SPEEDS,
  type Speed,
  setLoop,
  setLossless,
  setSpeed,
  skip,
  speed,
  speedLabel,
  step,
  stop,
} from "../player.js";
import { beat, captures, clockSkew, loaded, machine, RECEIVED, rates, replay } from "../store.js";
import { damageInSight } from "../uploads.js";
import { CaptureChooser } from "./capture-chooser.js";
import { ConnectionState } from "./connection.js";
import { CaptureTime, TimelineCanvas } from "./timeline.js";

export function ReplayBar() {
  const error = replayError.value ?? (replay.value?.state === "failed" ? replay.value.error : null);
  return (
    <section class="replay" aria-label="Replay">
      <div class="replay-row">
        <CaptureChooser />
        <Transport />
        <SpeedChoice />
        <Modes />
        <span class="replay-space" />
        <Figures />
        <ConnectionState />
      </div>
      <div class="replay-line">
        <TimelineCanvas />
        <CaptureTime />
        <Gap />
      </div>
      <Damage />
      {error !== null && (
        <p class="replay-error" role="alert">
          {error}
          <button type="button" class="quiet" aria-label="Dismiss" onClick={() => (replayError.value = null)}>
            ✕
          </button>
        </p>
      )}
    </section>
  );
}

function Transport() {
  const can = opened.value || captures.value.length > 0;
  return (
    <fieldset class="transport" aria-label="Play">
      {playing.value ? (
        <button
          type="button"
          class="primary"
          title="Pause (space)"
          data-testid="replay-pause"
          onClick={() => void pause()}
        >
          <Icon path="M6 4h3v12H6zM11 4h3v12h-3z" />
          <span class="hidden">Pause</span>
        </button>
      ) : (
        <button
          type="button"
          class="primary"
          title={can ? "Play (space)" : loaded.value ? "Drop or choose a capture first" : "Connecting…"}
          disabled={!can}
          data-testid="replay-play"
          onClick={() => void play()}
        >
          <Icon path="M6 3.5v13l10.5-6.5z" />
          <span class="hidden">Play</span>
        </button>
      )}
      <button
        type="button"
        title="One packet (→)"
        disabled={!opened.value || playing.value}
        data-testid="replay-step"
        onClick={() => void step(1)}
      >
        <Icon path="M5 3.5v13l8-6.5zM14 4h2.5v12H14z" />
        <span class="hidden">One packet</span>
      </button>
      <button type="button" title="Stop" disabled={!opened.value} data-testid="replay-stop" onClick={() => void stop()}>
        <Icon path="M5 5h10v10H5z" />
        <span class="hidden">Stop</span>
      </button>
    </fieldset>
  );
}

function Icon(props: { path: string }) {
  return (
    <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
      <path d={props.path} fill="currentColor" />
    </svg>
  );
}

function SpeedChoice() {
  const current = speed.value;
  const choices: readonly Speed[] = SPEEDS.some((one) => one === current) ? SPEEDS : [...SPEEDS, current];
  const choose = (text: string) => void setSpeed(text === "max" ? "max" : Number(text));
  return (
    <label class="choice" title="Speed: factor of capture time">
      <span class="hidden">Speed</span>
      <select
        data-testid="replay-speed"
        value={String(current)}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {choices.map((one) => (
          <option key={one} value={String(one)}>
            {speedLabel(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

const LOOP_HINT = "Play again from the first packet, until stopped. A change begins a new epoch at the same packet.";
const LOSSLESS_HINT =
  "Wait for every environment after each batch: nothing is dropped, and the same capture gives the same digest. A change begins a new epoch at the same packet.";
const FLAT_OUT_HINT = "Flat out is always lossless: nothing is dropped, whatever the speed of the environments.";

function Modes() {
  const flatOut = speed.value === "max";
  return (
    <div class="modes">
      <Toggle label="Loop" hint={LOOP_HINT} on={loop.value !== 1} set={(on) => void setLoop(on)} testId="replay-loop" />
      <Toggle
        label="Lossless"
        hint={flatOut ? FLAT_OUT_HINT : LOSSLESS_HINT}
        on={flatOut || lossless.value}
        disabled={flatOut}
        set={(on) => void setLossless(on)}
        testId="replay-lossless"
      />
    </div>
  );
}

interface ToggleProps {
  readonly label: string;
  readonly hint: string;
  readonly on: boolean;
  readonly disabled?: boolean;
  readonly set: (on: boolean) => void;
  readonly testId: string;
}

function Toggle(props: ToggleProps) {
  return (
    <button
      type="button"
      class="toggle"
      aria-pressed={props.on}
      title={props.hint}
      disabled={props.disabled ?? false}
      data-testid={props.testId}
      onClick={() => props.set(!props.on)}
    >
      {props.label}
    </button>
  );
}

/** Received rate, wall clock and drift. */
function Figures() {
  void rates.value;
  void beat.value;
  const now = replay.value;
  const received = machine.gauge(RECEIVED)?.packetRate ?? 0;
  const paced = now !== null && now.speed !== "max" && playing.value;
  const perCapture = paced ? `; ${packetRate(received / now.speed)} per capture second` : "";
  return (
    <div class="figures">
      <span class="figure" title={`Packets received per wall second${perCapture}`}>
        <b data-testid="received-rate" data-value={received} class={received > 0 ? "live-figure" : ""}>
          {packetRate(received)}
        </b>
        <small>received</small>
      </span>
      <span class="figure wide" title="How late the last packet left, against its capture time">
        <b>{paced ? drift(now.driftNs) : "–"}</b>
        <small>drift</small>
      </span>
      <span class="figure wide" title="Wall clock of the appliance">
        <b>{timeOfDay(Date.now() + clockSkew.value)}</b>
        <small>wall</small>
      </span>
    </div>
  );
}

/** What the replay found to be broken and no upload above the view tells; what lies before it was delivered. */
function Damage() {
  const now = replay.value;
  if (now === null || !opened.value) return null;
  const told = damageInSight(now.captures);
  const untold = now.damage.filter(
    ({ offset, reason }) => !told.some((one) => one.offset === offset && one.reason === reason),
  );
  const [first, ...more] = untold;
  if (first === undefined) return null;
  return (
    <p class="replay-damage" role="status" data-testid="replay-damage">
      Damaged at octet {exact(first.offset)}: {first.reason}
      {more.length > 0 && ` (and ${more.length} more)`}
    </p>
  );
}

function Gap() {
  const gap = replay.value?.gapMs ?? null;
  if (gap === null) return null;
  return (
    <div class="gap" role="status">
      <span>
        Nothing in the capture for <b>{roughly(gap)}</b>
      </span>
      <button type="button" data-testid="replay-skip" onClick={() => void skip()}>
        Skip
      </button>
    </div>
  );
}
