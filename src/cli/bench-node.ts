/** What Node's own means take for the rows of SOSP'95: a word to another thread and back, by messages, by shared memory and by sockets. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { workerUrl } from "../appliance/worker-url.js";
import { wallNs } from "../machine/clock.js";
import { median } from "./figure.js";

const ROUNDS = 7;
const CALLS = 2_000_000;
const THROWS = 20_000;
const TURNS = 2000;
const SHARE = -1;

/** ns by name of the row, one way where it goes to and fro. */
export async function nodeTimes(): Promise<ReadonlyMap<string, number>> {
  const word = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(workerUrl("cli/bench-node-peer.js", import.meta.url), { workerData: word.buffer });
  try {
    const messages = await times(TURNS, async () => {
      worker.postMessage(0);
      await once(worker, "message");
    });
    const sockets = await socketTimes();
    worker.postMessage(SHARE);
    await once(worker, "message");
    const shared = shareTimes(word);
    return new Map([
      ["call", callTimes()],
      ["overflow", throwTimes()],
      ["protection", throwTimes()],
      ["pct", messages / 2],
      ["pipe", sockets / 2],
      ["shm", shared / 2],
      ["lrpc", messages],
      ["tlrpc", shared],
    ]);
  } finally {
    await worker.terminate();
  }
}

/** ns of one turn, the median of rounds. */
async function times(turns: number, turn: () => Promise<void>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const from = wallNs();
    for (let left = turns; left > 0; left--) await turn();
    // The first warms up.
    if (round > 0) rounds.push((wallNs() - from) / turns);
  }
  return median(rounds);
}

function timesNow(turns: number, work: (turns: number) => void): number {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const from = wallNs();
    work(turns);
    if (round > 0) rounds.push((wallNs() - from) / turns);
  }
  return median(rounds);
}

function callTimes(): number {
  // Reached through a table that changes, so that it is called and not put in line.
  const functions = [(value: number) => value + 1, (value: number) => value + 2, (value: number) => value ^ 1];
  let value = 0;
  const took = timesNow(CALLS, (turns) => {
    for (let left = turns; left > 0; left--) value = functions[left % functions.length]?.(value) ?? 0;
  });
  if (Number.isNaN(value)) throw new Error("bench: no number came of calling");
  return took;
}

function throwTimes(): number {
  const thrown = new Error("made once, since a stack is not what is measured");
  let caught = 0;
  return timesNow(THROWS, (turns) => {
    for (let left = turns; left > 0; left--) {
      try {
        if (caught >= 0) throw thrown;
      } catch {
        caught++;
      }
    }
  });
}

function shareTimes(word: Int32Array): number {
  return timesNow(TURNS, (turns) => {
    for (let left = turns; left > 0; left--) {
      Atomics.store(word, 0, 1);
      Atomics.notify(word, 0);
      Atomics.wait(word, 0, 1);
    }
  });
}

async function socketTimes(): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => socket.pipe(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
  try {
    await once(client, "connect");
    return await times(TURNS, async () => {
      client.write("word");
      await once(client, "data");
    });
  } finally {
    client.destroy();
    server.close();
  }
}
