import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CaptureInfo } from "../../src/control/protocol.js";
import { openDatabase } from "../../src/store/database.js";
import type { StoreLimits } from "../../src/store/limits.js";
import { isName } from "../../src/store/name.js";
import { Store } from "../../src/store/store.js";
import { testFolder } from "./folder.js";

const INFO: CaptureInfo = {
  format: "pcap-le-us",
  packets: 0,
  linktypes: {},
  first_ts: null,
  last_ts: null,
  truncated: false,
  damage: [],
};
const now = new Date(1_700_000_000_000);

function open(folder: string, limits: Partial<StoreLimits> = {}): Store {
  const store = Store.open(folder, { freeDiskOctets: 0, ...limits });
  onTestFinished(() => store.close());
  return store;
}

async function put(store: Store, name: string, octets: Buffer, replace = false) {
  const received = await store.captures.receive(name, Readable.from([octets]), { replace, now });
  return store.captures.keep(received, INFO, [1, 2]);
}

/** Files of the captures' folder. */
const files = (folder: string) => readdirSync(join(folder, "captures"));

describe("filters", () => {
  test("are kept by name, replaced, removed, and come back after a new start", () => {
    const folder = testFolder();
    const first = Store.open(folder);
    first.filters.put({ name: "dns", language: "dpf", text: "a" });
    first.filters.put({ name: "dns", language: "pcap-filter", text: "udp port 53\n" });
    first.filters.put({ name: "all", language: "dpf", text: "" });
    first.filters.put({ name: "gone", language: "dpf", text: "" });
    first.filters.remove("gone");
    first.close();
    expect(open(folder).filters.list()).toEqual([
      { name: "all", language: "dpf", text: "" },
      { name: "dns", language: "pcap-filter", text: "udp port 53\n" },
    ]);
  });

  test("have limits, each with its error", () => {
    const { filters } = open(testFolder(), { filters: 2, textOctets: 4 });
    const put = (name: string, text: string) => () => filters.put({ name, language: "dpf", text });
    expect(put("a", "ééé")).toThrow(expect.objectContaining({ code: "E_TEXT_TOO_LONG" }));
    expect(put("A", "")).toThrow(expect.objectContaining({ code: "E_NAME" }));
    put("a", "1234")();
    put("b", "")();
    put("b", "1")();
    expect(put("c", "")).toThrow(expect.objectContaining({ code: "E_TOO_MANY_FILTERS" }));
    expect(() => filters.remove("c")).toThrow(expect.objectContaining({ code: "E_NO_FILTER" }));
  });

  test("are replaced all at once or not at all", () => {
    const { filters } = open(testFolder(), { textOctets: 4 });
    filters.replaceAll([{ name: "a", language: "dpf", text: "1" }]);
    const wrong = [
      { name: "b", language: "dpf", text: "" },
      { name: "c", language: "dpf", text: "12345" },
    ] as const;
    expect(() => filters.replaceAll(wrong)).toThrow();
    expect(filters.names()).toEqual([{ name: "a", language: "dpf" }]);
  });
});

test.each([
  ["a", true],
  ["0.-_", true],
  ["a".repeat(64), true],
  ["a".repeat(65), false],
  ["", false],
  [".a", false],
  ["-a", false],
  ["a/b", false],
  ["..", false],
  ["A", false],
  ["a\n", false],
  ["ä", false],
])("the name %j is allowed: %s", (name, allowed) => expect(isName(name)).toBe(allowed));

describe("captures", () => {
  test("are kept under generated ids, with their digest", async () => {
    const folder = testFolder();
    const store = open(folder);
    const capture = await put(store, "a.pcap", Buffer.from("abc"));
    expect(capture).toEqual({
      name: "a.pcap",
      octets: 3,
      sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      uploaded: "2023-11-14T22:13:20.000Z",
      info: INFO,
      timeline: [1, 2],
    });
    expect(files(folder)).toHaveLength(1);
    expect(files(folder)[0]).not.toContain("a.pcap");
    expect(existsSync(store.captures.path("a.pcap"))).toBe(true);
    store.captures.remove("a.pcap");
    expect(files(folder)).toEqual([]);
    expect(() => store.captures.get("a.pcap")).toThrow(expect.objectContaining({ code: "E_NO_CAPTURE" }));
  });

  test("of a name that is taken are refused, unless they replace it", async () => {
    const folder = testFolder();
    const store = open(folder);
    await put(store, "a", Buffer.from("1"));
    await expect(put(store, "a", Buffer.from("2"))).rejects.toMatchObject({ code: "E_CAPTURE_EXISTS" });
    const replaced = await put(store, "a", Buffer.from("22"), true);
    expect(replaced.octets).toBe(2);
    expect(files(folder)).toHaveLength(1);
  });

  test("of one name do not come twice at once", async () => {
    const store = open(testFolder());
    const slow = new Readable({ read() {} });
    const first = store.captures.receive("a", slow, { replace: false, now });
    const second = store.captures.receive("a", Readable.from([]), { replace: true, now });
    await expect(second).rejects.toMatchObject({ code: "E_CAPTURE_UPLOADING" });
    slow.push(null);
    store.captures.discard(await first);
    await put(store, "a", Buffer.from("1"));
  });

  test("leave nothing where they break off", async () => {
    const folder = testFolder();
    const store = open(folder);
    const body = new Readable({ read() {} });
    const receiving = store.captures.receive("a", body, { replace: false, now });
    body.push(Buffer.alloc(100_000));
    setImmediate(() => body.destroy(new Error("gone")));
    await expect(receiving).rejects.toThrow("gone");
    expect(files(folder)).toEqual([]);
    await put(store, "a", Buffer.from("1"));
  });

  test("have limits, each with its error, and leave nothing beyond them", async () => {
    const folder = testFolder();
    const store = open(folder, { uploadOctets: 10, storeOctets: 15 });
    await expect(put(store, "a", Buffer.alloc(11))).rejects.toMatchObject({ code: "E_UPLOAD_TOO_LARGE" });
    const announced = { replace: false, announced: 11, now };
    await expect(store.captures.receive("a", Readable.from([]), announced)).rejects.toMatchObject({
      code: "E_UPLOAD_TOO_LARGE",
    });
    await put(store, "a", Buffer.alloc(10));
    await expect(put(store, "b", Buffer.alloc(6))).rejects.toMatchObject({ code: "E_STORE_FULL" });
    // What is replaced makes room.
    await put(store, "a", Buffer.alloc(9), true);
    expect(files(folder)).toHaveLength(1);
  });

  test("side by side do not fill the store beyond its limit", async () => {
    const folder = testFolder();
    const store = open(folder, { storeOctets: 15 });
    const receive = (name: string) =>
      store.captures.receive(name, Readable.from([Buffer.alloc(10)]), { replace: false, now });
    const [a, b] = await Promise.all([receive("a"), receive("b")]);
    store.captures.keep(a, INFO, []);
    expect(() => store.captures.keep(b, INFO, [])).toThrow(expect.objectContaining({ code: "E_STORE_FULL" }));
    expect(files(folder)).toHaveLength(1);
  });

  test("leave the disk some room", async () => {
    const store = Store.open(testFolder(), { freeDiskOctets: Number.MAX_SAFE_INTEGER });
    onTestFinished(() => store.close());
    await expect(put(store, "a", Buffer.from("1"))).rejects.toMatchObject({ code: "E_DISK_FULL" });
  });

  test("and their index are made to agree at the start", async () => {
    const folder = testFolder();
    const first = Store.open(folder, { freeDiskOctets: 0 });
    const kept = await put(first, "kept", Buffer.from("1"));
    await put(first, "lost", Buffer.from("1"));
    const lost = first.captures.path("lost");
    first.close();
    writeFileSync(join(folder, "captures", "11111111-1111-1111-1111-111111111111.part"), "half");
    writeFileSync(join(folder, "captures", "22222222-2222-2222-2222-222222222222.capture"), "no row");
    writeFileSync(lost, "");
    const { unlinkSync } = await import("node:fs");
    unlinkSync(lost);
    const second = open(folder);
    expect(second.captures.list()).toEqual([kept]);
    expect(files(folder)).toHaveLength(1);
  });
});

test("a disk that is full is told as such, and nothing is changed", () => {
  const database = openDatabase(join(testFolder(), "exonet.sqlite"));
  onTestFinished(() => database.close());
  const insert = (name: string) =>
    database.run("INSERT INTO filters (name, language, text) VALUES (?, 'dpf', ?)", name, "x".repeat(9000));
  insert("kept");
  database.exec("PRAGMA max_page_count = 1");
  const full = expect.objectContaining({ name: "StoreError", code: "E_DISK_FULL" });
  expect(() => insert("one")).toThrow(full);
  expect(() =>
    database.transact(() => {
      database.exec("DELETE FROM filters");
      for (let n = 0; n < 9; n++) insert(`f${n}`);
    }),
  ).toThrow(full);
  expect(database.all("SELECT name FROM filters")).toEqual([new Map([["name", "kept"]])]);
  database.transact(() => database.run("DELETE FROM filters"));
});

describe("the folder", () => {
  test("has one server at a time", () => {
    const folder = testFolder();
    const first = Store.open(folder);
    expect(() => Store.open(folder)).toThrow(expect.objectContaining({ code: "E_STORE_LOCKED" }));
    first.close();
    open(folder);
  });

  test("and its secrets are its owner's alone", () => {
    const parent = testFolder();
    const folder = join(parent, "data");
    const store = open(folder);
    const key = store.key();
    const path = store.writeToken("secret");
    expect(key).toHaveLength(32);
    expect(store.key()).toEqual(key);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "key")).mode & 0o777).toBe(0o600);
    for (const file of readdirSync(folder).filter((name) => name.includes(".sqlite"))) {
      expect(statSync(join(folder, file)).mode & 0o777, file).toBe(0o600);
    }
    expect(existsSync(join(folder, "lock.sqlite"))).toBe(true);
  });

  test("keeps a profile, up to a size", () => {
    const store = open(testFolder(), { profileOctets: 7 });
    expect(store.profile()).toBeUndefined();
    store.putProfile("{}");
    store.putProfile('{"a":1}');
    expect(JSON.parse(store.profile() ?? "")).toEqual({ a: 1, bindings: [] });
    expect(() => store.putProfile('{"a":12}')).toThrow(expect.objectContaining({ code: "E_PROFILE_TOO_LONG" }));
  });

  test("keeps bindings in the order in which they were made, and tells them with the profile", () => {
    const folder = testFolder();
    const store = open(folder);
    const { bindings } = store;
    const make = (environment: string, name: string, priority = 0) =>
      bindings.put({ environment, name, filter: "f", mode: "tap", priority });
    make("control", "z");
    make("control", "a");
    make("other", "z");
    make("gone", "z");
    make("control", "z", 2);
    bindings.removeOf("gone");
    bindings.remove("other", "z");
    bindings.remove("other", "never");
    const expected = [
      { environment: "control", name: "a", filter: "f", mode: "tap", priority: 0 },
      { environment: "control", name: "z", filter: "f", mode: "tap", priority: 2 },
    ];
    expect(bindings.list()).toEqual(expected);
    expect(JSON.parse(store.profile() ?? "")).toEqual({ filters: [], environments: [], bindings: expected });
  });

  test("of the first version has its bindings in the document, from where they move", () => {
    const folder = testFolder();
    const old = new DatabaseSync(join(folder, "exonet.sqlite"));
    old.exec(`CREATE TABLE filters (name TEXT PRIMARY KEY, language TEXT NOT NULL, text TEXT NOT NULL) STRICT;
      CREATE TABLE captures (name TEXT PRIMARY KEY, file TEXT NOT NULL UNIQUE, octets INTEGER NOT NULL,
        sha256 TEXT NOT NULL, uploaded TEXT NOT NULL, info TEXT NOT NULL, timeline TEXT NOT NULL) STRICT;
      CREATE TABLE profile (id INTEGER PRIMARY KEY CHECK (id = 1), document TEXT NOT NULL) STRICT;
      PRAGMA user_version = 1`);
    const bindings = Array.from({ length: 12 }, (_, n) => ({
      name: `b${n}`,
      filter: "f",
      environment: "control",
      mode: n % 2 === 0 ? "tap" : "claim",
      priority: n,
    }));
    const document = { filters: [], environments: [{ name: "e", program: "", options: {} }], bindings };
    old.prepare("INSERT INTO profile (id, document) VALUES (1, ?)").run(JSON.stringify(document));
    old.close();
    const store = open(folder);
    expect(JSON.parse(store.profile() ?? "")).toEqual(document);
    expect(store.bindings.list()).toEqual(bindings);
  });

  test("of a newer version is left alone", async () => {
    const folder = testFolder();
    Store.open(folder).close();
    const { DatabaseSync } = await import("@photostructure/sqlite");
    const database = new DatabaseSync(join(folder, "exonet.sqlite"));
    database.exec("PRAGMA user_version = 99");
    database.close();
    expect(() => Store.open(folder)).toThrow(expect.objectContaining({ code: "E_STORE_NEWER" }));
  });

  test("that cannot be made is the file system's error", () => {
    const folder = testFolder();
    mkdirSync(join(folder, "x"));
    writeFileSync(join(folder, "file"), "");
    expect(() => Store.open(join(folder, "file", "data"))).toThrow(/ENOTDIR/);
  });
});
