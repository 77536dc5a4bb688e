/** Node's own way for the round trip of bench-round-trip.ts: `dgram` on the loopback interface, and somebody who sends back what comes. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { workerUrl } from "../appliance/worker-url.js";
import type { Answerer } from "./bench-answerer.js";

const LOOPBACK = "127.0.0.1";
/** Octets of a datagram whose frame has 60. */
const OCTETS = 18;
const NS = 1e6;
/** A datagram that has not come back by then is lost. */
const LONGEST_MS = 10_000;

/** Sends back what comes. Its port. */
export async function echoDatagrams(): Promise<{ readonly socket: Socket; readonly port: number }> {
  const socket = createSocket("udp4");
  socket.on("message", (octets, { port }) => socket.send(octets, port, LOOPBACK));
  socket.bind(0, LOOPBACK);
  await once(socket, "listening");
  return { socket, port: socket.address().port };
}

/** `where` the echo is. */
export async function openDatagrams(where: "the same thread" | "another thread"): Promise<Answerer> {
  const name = `Node's dgram, the echo in ${where}`;
  if (where === "the same thread") {
    const { socket, port } = await echoDatagrams();
    return client(name, port, async () => {
      socket.close();
    });
  }
  const worker = new Worker(workerUrl("cli/bench-datagram-peer.js", import.meta.url));
  const [port] = await once(worker, "message");
  return client(name, port, async () => {
    await worker.terminate();
  });
}

async function client(name: string, port: number, close: () => Promise<void>): Promise<Answerer> {
  const socket = createSocket("udp4");
  socket.connect(port, LOOPBACK);
  await once(socket, "connect");
  const message = new Uint8Array(OCTETS).fill(7);
  return {
    name,
    time: (trips) => roundTrips(socket, message, trips),
    close: async () => {
      socket.close();
      await close();
    },
  };
}

function roundTrips(socket: Socket, message: Uint8Array, trips: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let left = trips;
    const timer = setTimeout(() => reject(new Error("bench: a datagram did not come back")), LONGEST_MS);
    const began = performance.now();
    const answered = () => {
      if (--left > 0) return socket.send(message);
      socket.off("message", answered);
      clearTimeout(timer);
      resolve((performance.now() - began) * NS);
    };
    socket.on("message", answered);
    socket.send(message);
  });
}
