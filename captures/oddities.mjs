#!/usr/bin/env node
/**
 * Frames that ordinary programs do not send in a test network: scans, tunnels, routing and switching protocols, lies
 * about lengths. They are the same each time: file after file, the scenes of each by name.
 *
 *   oddities.mjs PORT      sends them, one datagram each, to PORT + 1 on the loopback, where a socat has a TAP device
 *   oddities.mjs --print   prints them in hexadecimal, one a line
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import * as application from "./oddities/application.mjs";
import * as lies from "./oddities/lies.mjs";
import * as link from "./oddities/link.mjs";
import * as network from "./oddities/network.mjs";
import * as transport from "./oddities/transport.mjs";

const LOOPBACK = "127.0.0.1";
const BETWEEN = 2; // ms, so that no queue overflows and each has a time of its own

const frames = [link, network, transport, application, lies].flatMap((file) =>
  Object.values(file).flatMap((scene) => [...scene()]),
);

async function send(port) {
  const socket = createSocket("udp4").bind(port, LOOPBACK);
  await once(socket, "listening");
  for (const frame of frames) {
    socket.send(frame, port + 1, LOOPBACK);
    await pause(BETWEEN);
  }
  socket.close();
}

const [, , argument] = process.argv;
if (argument === "--print") console.log(frames.map((frame) => frame.toString("hex")).join("\n"));
else if (Number(argument) > 0) await send(Number(argument));
else throw new RangeError(`${argument}: neither a port nor --print`);
