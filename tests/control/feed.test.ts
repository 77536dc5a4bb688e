/** Ticks without a clock, to sockets that say how much waits for them. */
import { expect, onTestFinished, test } from "vitest";
import { Feed, type FeedSocket } from "../../src/control/feed.js";
import { Handlers } from "../../src/control/handlers.js";
import { Library } from "../../src/control/library.js";
import { Store } from "../../src/store/store.js";
import { testFolder } from "../store/folder.js";
import { MemoryAppliance, ROOT } from "./memory-appliance.js";

class Socket implements FeedSocket {
  bufferedAmount = 0;
  readonly environments: { readonly name: string; readonly state: string }[] = [];
  #frames: { readonly type: string; readonly text?: string }[] = [];

  send(frame: string): void {
    const read = JSON.parse(frame);
    this.#frames.push(read);
    this.environments.push(...(read.environments ?? []));
  }

  /** Types of the frames since the last call. */
  take(): string[] {
    return this.#frames.splice(0).map(({ type, text }) => (text === undefined ? type : `${type} ${text}`));
  }
}

function makeFeed() {
  const appliance = new MemoryAppliance();
  const store = Store.open(testFolder());
  onTestFinished(() => store.close());
  const library = new Library(appliance, store);
  const handlers = new Handlers(appliance, store);
  const feed = new Feed({ appliance, store, library, handlers, now: () => 0, started: 0, bufferOctets: 1000 });
  const sockets = [new Socket(), new Socket()] as const;
  for (const socket of sockets) feed.add(socket);
  feed.tick();
  return { appliance, feed, sockets };
}

test("who does not read misses ticks and then gets one picture, never a backlog; notices wait", () => {
  const { appliance, feed, sockets } = makeFeed();
  const [fast, slow] = sockets;
  expect([fast.take(), slow.take()]).toEqual([["picture"], ["picture"]]);
  slow.bufferedAmount = 1001;
  for (let n = 0; n < 50; n++) {
    appliance.pass(1, []);
    feed.changed("captures");
    feed.notice("info", String(n));
    feed.tick();
  }
  expect(fast.take()).toHaveLength(150);
  expect(slow.take()).toEqual([]);
  slow.bufferedAmount = 1000;
  feed.tick();
  const kept = Array.from({ length: 16 }, (_, n) => `notice ${34 + n}`);
  expect(slow.take()).toEqual(["picture", ...kept]);
  expect(fast.take()).toEqual(["tick"]);
  feed.tick();
  expect(slow.take()).toEqual(["tick"]);
});

test("a table that changed often between two ticks is sent once", () => {
  const { feed, sockets } = makeFeed();
  const [one] = sockets;
  one.take();
  for (let n = 0; n < 10; n++) feed.changed("filters");
  feed.changed("bindings");
  feed.tick();
  expect(one.take()).toEqual(["filters", "bindings", "tick"]);
});

test("who is gone is sent nothing", () => {
  const { feed, sockets } = makeFeed();
  const [one, two] = sockets;
  feed.remove(one);
  feed.tick();
  expect(one.take()).toEqual(["picture"]);
  expect(two.take()).toEqual(["picture", "tick"]);
});

test("an environment that fails is a notice; one that is destroyed just leaves", async () => {
  const { appliance, feed, sockets } = makeFeed();
  const [one] = sockets;
  const create = async (name: string): Promise<number> => {
    const made = await appliance.call(ROOT, "createEnvironment", { name, program: "monitor", options: {} });
    return made.ok ? made.result.environment : -1;
  };
  const broken = await create("broken");
  const wanted = await create("wanted");
  feed.tick();
  one.take();
  one.environments.length = 0;
  appliance.fail(broken, "boom");
  appliance.fail(wanted, "its worker has ended", true);
  feed.tick();
  expect(one.take()).toEqual(["tick", "notice The environment broken has failed: boom"]);
  expect(one.environments.map(({ name, state }) => [name, state])).toEqual([
    ["broken", "failed"],
    ["wanted", "destroyed"],
  ]);
  one.environments.length = 0;
  feed.resync(one);
  feed.tick();
  expect(one.environments.map(({ name }) => name)).toEqual(["control", "broken"]);
});
