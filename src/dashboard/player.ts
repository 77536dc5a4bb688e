/** What a person does to the replay. Failures are told where the replay bar shows them. */
import { computed, effect, signal } from "@preact/signals";
import type { Replay } from "../control/protocol.js";
import { parseTime } from "./format.js";
import { request, words } from "./http.js";
import { fractionOf, mergeTimelines, timeAt } from "./slots.js";
import { captures, replay } from "./store.js";

interface Modes {
  readonly loop: number;
  readonly lossless: boolean;
}

export const SPEEDS = [0.25, 0.5, 1, 2, 10, 100, "max"] as const;
export type Speed = Replay["speed"];

/** Why the last thing asked of the replay was not done; shown beneath the bar until the next one. */
export const replayError = signal<string | null>(null);
/** The next replay's choices, where none is open yet. Loop counts rounds, 0 is without end. */
const chosenSpeed = signal<Speed>(1);
const chosenLoop = signal(1);
const chosenLossless = signal(false);

export const playing = computed(() => replay.value?.state === "playing" || replay.value?.state === "waiting");
export const opened = computed(() => replay.value !== null && replay.value.state !== "none");
export const speed = computed<Speed>(() =>
  opened.value && replay.value !== null ? replay.value.speed : chosenSpeed.value,
);
export const loop = computed(() => (opened.value && replay.value !== null ? replay.value.loop : chosenLoop.value));
/** Whether it was asked for: flat out every replay is lossless, so there the appliance does not tell. */
export const lossless = computed(() =>
  opened.value && replay.value !== null && replay.value.speed !== "max" ? replay.value.lossless : chosenLossless.value,
);
// What a replay was played with stays chosen when it is stopped or goes flat out.
effect(() => {
  chosenLoop.value = loop.value;
  chosenLossless.value = lossless.value;
});

export const timeline = computed(() => {
  const names = names_.value;
  return names === ""
    ? null
    : mergeTimelines(captures.value.filter((capture) => names.split("\n").includes(capture.name)));
});

// Ticks bring a new replay ten times a second; the timeline depends on its captures alone.
const names_ = computed(() => replay.value?.captures.join("\n") ?? "");

export function speedLabel(value: Speed): string {
  if (value === "max") return "flat out";
  return value === 0.25 ? "¼×" : value === 0.5 ? "½×" : `${value}×`;
}

async function ask(path: string, json?: unknown): Promise<Replay | null> {
  replayError.value = null;
  try {
    const answer = await request<Replay>("POST", `replays/current/${path}`, json === undefined ? undefined : { json });
    // The next tick would say it as well, but not before the next key.
    replay.value = answer;
    return answer;
  } catch (error) {
    replayError.value = words(error);
    return null;
  }
}

/** Opens captures as the replay, with the modes of the present one; goes on playing where one was playing. */
export async function open(names: readonly string[], play = playing.value): Promise<void> {
  await openWith({ loop: loop.value, lossless: lossless.value }, names, play);
}

/** Whether it was opened. */
async function openWith(modes: Modes, names: readonly string[], play: boolean): Promise<boolean> {
  replayError.value = null;
  const json = { captures: names, speed: speed.value, ...modes, play };
  try {
    replay.value = await request<Replay>("PUT", "replays/current", { json });
    return true;
  } catch (error) {
    replayError.value = words(error);
    return false;
  }
}

export async function play(): Promise<void> {
  const state = replay.value?.state;
  if (state === "none" || state === undefined) {
    const [latest] = [...captures.value].sort((a, b) => b.uploaded.localeCompare(a.uploaded));
    if (latest !== undefined) await open([latest.name], true);
    return;
  }
  if (state === "ended" && (await seek({ packet: 1 }, 0)) === null) return;
  await ask("play");
}

export async function pause(): Promise<void> {
  await ask("pause");
}

export async function toggle(): Promise<void> {
  await (playing.value ? pause() : play());
}

export async function step(packets: number): Promise<void> {
  if (opened.value) await ask("step", { packets });
}

export async function stop(): Promise<void> {
  await ask("stop");
}

export async function skip(): Promise<void> {
  await ask("skip");
}

export async function setSpeed(value: Speed): Promise<void> {
  chosenSpeed.value = value;
  if (opened.value) await ask("speed", { speed: value });
}

/**
 * Where the last seek went, 0 to 1: until the first packet of its epoch has left, the appliance knows no
 * other place. The epoch is null while the seek is not answered.
 */
const sought = signal<{ readonly epoch: number | null; readonly fraction: number } | null>(null);

async function seek(to: { packet: number } | { time: string }, fraction: number): Promise<Replay | null> {
  sought.value = { epoch: null, fraction };
  const answer = await ask("seek", to);
  sought.value = answer === null ? null : { epoch: answer.epoch, fraction };
  return answer;
}

/** To a fraction of the timeline, 0 to 1. */
export async function seekTo(fraction: number): Promise<void> {
  const line = timeline.value;
  if (line === null) return;
  if (fraction <= 0) await seek({ packet: 1 }, 0);
  else await seek({ time: String(timeAt(line, fraction)) }, fraction);
}

/** By a part of the whole, forwards or back. */
export async function seekBy(part: number): Promise<void> {
  await seekTo(Math.min(1, Math.max(0, played.value + part)));
}

/** How much of the timeline was played, 0 to 1. */
export const played = computed(() => {
  const line = timeline.value;
  const now = replay.value;
  const target = sought.value;
  if (line === null || now === null) return 0;
  if (target !== null && target.epoch === null) return target.fraction;
  if (now.packet === 0) return target !== null && target.epoch === now.epoch ? target.fraction : 0;
  if (now.state === "ended") return 1;
  const time = parseTime(now.time);
  return time === null ? Math.min(1, now.packet / Math.max(1, line.packets)) : fractionOf(line, time);
});

/** Capture time of the place: of the last packet, or where a seek went. */
export const playedTime = computed(() => {
  const line = timeline.value;
  const now = replay.value;
  if (line === null || now === null) return null;
  return (now.packet > 0 ? parseTime(now.time) : null) ?? timeAt(line, played.value);
});

export async function setLoop(on: boolean): Promise<void> {
  await setModes({ loop: on ? 0 : 1, lossless: lossless.value });
}

export async function setLossless(on: boolean): Promise<void> {
  await setModes({ loop: loop.value, lossless: on });
}

/** The modes belong to the opening of a replay, so a change opens it anew, and goes back to where it stood. */
async function setModes(modes: Modes): Promise<void> {
  const before = replay.value;
  if (before === null || before.captures.length === 0 || !opened.value) {
    chosenLoop.value = modes.loop;
    chosenLossless.value = modes.lossless;
    return;
  }
  const goOn = playing.value;
  // What has ended stands before its first packet: from there it would have been played again.
  const packet = before.state === "ended" || before.state === "failed" ? 0 : before.packet;
  const fraction = packet === 0 ? 0 : played.value;
  sought.value = { epoch: null, fraction };
  const open = await openWith(modes, before.captures, false);
  sought.value = null;
  if (!open) return;
  if (packet > 0 && (await seek({ packet: packet + 1 }, fraction)) === null) return;
  if (goOn) await ask("play");
}
