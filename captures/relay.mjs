#!/usr/bin/env node
/**
 * Wires in user space, for kernels without netem and without 802.1Q devices.
 *
 *   relay.mjs [--seed N] [--delay MS] [--reorder P] [--hold MS] [--duplicate P] [--loss P]
 *             --wire A,B[,TAG] … [--mirror PORT]
 *
 * A wire joins two ends. An end is a UDP port on the loopback, one datagram is one Ethernet frame:
 * the relay binds PORT and sends to PORT + 1, where a socat with a TAP device listens. Each frame is
 * delayed by MS; a share P of them is held MS longer, so that later frames overtake it; a share is
 * sent twice; a share is lost. All chance comes from the seed.
 *
 * TAG is hexadecimal and is inserted after the addresses while the frame is on the wire: 8100000a is
 * VLAN 10, 88a800648100001e is VLAN 30 inside the service tag 100. The ends never see it; the mirror
 * does, as a tap in the middle of the wire would: behind delay and reordering, in the middle of the
 * loss (half of the lost frames never reach the mirror, the other half is lost after it).
 *
 * The wires are cut until SIGUSR1: a socat ends when a frame reaches it whose device is still down.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { parseArgs } from "node:util";

const ADDRESSES = 12;
const LOOPBACK = "127.0.0.1";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    delay: { type: "string", default: "0" },
    reorder: { type: "string", default: "0" },
    hold: { type: "string", default: "0" },
    duplicate: { type: "string", default: "0" },
    loss: { type: "string", default: "0" },
    wire: { type: "string", multiple: true, default: [] },
    mirror: { type: "string" },
  },
});

/** mulberry32: small, seeded, good enough for the weather on a wire. */
function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function number(name) {
  const value = Number(values[name]);
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`--${name} ${values[name]}: not a number from 0`);
  return value;
}

const random = chance(number("seed"));
const [delay, reorder, hold, duplicate, loss] = ["delay", "reorder", "hold", "duplicate", "loss"].map(number);

async function open(port) {
  const socket = createSocket("udp4");
  socket.bind(port, LOOPBACK);
  await once(socket, "listening");
  return { socket, send: (frame) => socket.send(frame, port + 1, LOOPBACK) };
}

const mirror = values.mirror === undefined ? undefined : await open(Number(values.mirror));

function cross(frame, tag, end) {
  const lost = random() < loss;
  if (lost && random() < 0.5) return;
  mirror?.send([frame.subarray(0, ADDRESSES), tag, frame.subarray(ADDRESSES)]);
  if (!lost) end.send(frame);
}

let cut = true;
process.once("SIGUSR1", () => {
  cut = false;
});

function forward(frame, tag, end) {
  if (cut) return;
  const copies = random() < duplicate ? 2 : 1;
  for (let copy = 0; copy < copies; copy++) {
    const wait = delay + (random() < reorder ? hold : 0);
    if (wait === 0) cross(frame, tag, end);
    else setTimeout(cross, wait, frame, tag, end);
  }
}

for (const wire of values.wire) {
  const [a, b, hex = ""] = wire.split(",");
  const tag = Buffer.from(hex, "hex");
  const [left, right] = [await open(Number(a)), await open(Number(b))];
  left.socket.on("message", (frame) => forward(frame, tag, right));
  right.socket.on("message", (frame) => forward(frame, tag, left));
}

console.log("ready");
