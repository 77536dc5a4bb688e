/** `exonet serve` as it ships: its link, its folder, its signals, and what it says when it cannot start. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { testFolder } from "../store/folder.js";
import { capture } from "./bench.js";

interface Served {
  readonly child: ChildProcess;
  readonly link: URL;
  readonly token: string;
  readonly ended: Promise<number | null>;
  stderr(): string;
  get(path: string): Promise<Response>;
  /** Text as a text, else JSON. */
  put(path: string, body: unknown): Promise<void>;
}

const PASSES = `import { type Message, pass } from "exonet/ash";

export default function passes(_message: Message) {
  return pass;
}
`;

function run(args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["dist/cli/main.js", "serve", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (data) => {
    stdout += String(data);
  });
  child.stderr?.on("data", (data) => {
    stderr += String(data);
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  return { child, ended, stdout: () => stdout, stderr: () => stderr };
}

async function serve(args: readonly string[], environment: Record<string, string> = {}): Promise<Served> {
  const { child, ended, stdout, stderr } = run(["--port", "0", ...args], environment);
  await Promise.race([
    new Promise<void>((resolve) => child.stdout?.on("data", () => stdout().includes("\n") && resolve())),
    ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${stderr()}`))),
  ]);
  const link = new URL(stdout().trim());
  const token = decodeURIComponent(link.hash.replace("#token=", ""));
  const get = (path: string) =>
    fetch(new URL(`/api/v1/${path}`, link), { headers: { authorization: `Bearer ${token}` } });
  const put = async (path: string, body: unknown) => {
    const isText = typeof body === "string";
    const response = await fetch(new URL(`/api/v1/${path}`, link), {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": isText ? "text/plain" : "application/json" },
      body: isText ? body : JSON.stringify(body),
    });
    expect(response.status, `${path}: ${response.ok ? "" : await response.text()}`).toBeLessThan(300);
  };
  return { child, link, token, ended, stderr, get, put };
}

test("prints a link that opens it, leaves the token to its owner, and stops on SIGTERM with 0", async () => {
  const folder = join(testFolder(), "data");
  const { child, link, token, ended, stderr, get } = await serve(["--data", folder]);
  expect(link.hostname).toBe("127.0.0.1");
  expect((await get("books")).status).toBe(200);
  expect(readFileSync(join(folder, "token"), "utf8")).toBe(token);
  expect(statSync(join(folder, "token")).mode & 0o777).toBe(0o600);
  const socket = new WebSocket(`ws://${link.host}/api/v1/live`, { headers: { authorization: `Bearer ${token}` } });
  const closed = new Promise((resolve) => socket.on("close", resolve));
  await new Promise((resolve) => socket.once("message", resolve));
  child.kill("SIGTERM");
  expect(await closed).toBe(1001);
  expect(await ended).toBe(0);
  expect(stderr()).not.toContain(token);
});

test("sets up a profile file, and again what was there when it was killed", async () => {
  const parent = testFolder();
  const folder = join(parent, "data");
  const file = join(parent, "demo.profile.json");
  writeFileSync(join(parent, "My Capture.pcap"), capture(50));
  writeFileSync(join(parent, "every.dpf"), "true\n");
  const profile = {
    filters: [{ name: "first", language: "dpf", text: "0:8 == 0" }],
    environments: [{ name: "flows", program: "monitor" }],
    bindings: [
      { name: "every", filter: "every", environment: "flows", mode: "tap" },
      { name: "first", filter: "first", environment: "control", mode: "tap" },
    ],
    replay: { captures: ["My Capture.pcap"], speed: "max", loop: 1 },
  };
  writeFileSync(file, JSON.stringify(profile));
  const first = await serve(["--data", folder, "--profile", file]);
  await expect.poll(async () => (await (await first.get("replays/current")).json()).state).toBe("ended");
  const bindings = await (await first.get("bindings")).json();
  const counted = bindings.map(({ name, counters }: { name: string; counters: { packets: number } }) => [
    name,
    counters.packets,
  ]);
  expect(counted).toEqual([
    ["every", 50],
    ["first", 1],
  ]);
  expect(first.stderr()).not.toContain("replaced");
  const ids = bindings.map(({ id }: { id: number }) => id);
  for (const [index, name] of ["mine", "theirs"].entries()) {
    await first.put(`handlers/${name}.ash.ts`, PASSES);
    await first.put(`bindings/${ids[index]}/handler`, { handler: name });
  }
  expect(await (await first.get("books")).json()).toMatchObject({ received: 50, balanced: true });
  const before = await (await first.get("profile")).json();
  first.child.kill("SIGKILL");
  await first.ended;
  const second = await serve(["--data", folder]);
  expect(await (await second.get("profile")).json()).toEqual(before);
  expect(second.token).toBe(first.token);
  expect(await (await second.get("captures")).json()).toMatchObject([{ name: "my-capture.pcap" }]);
  expect(second.stderr()).not.toContain("replaced");
  second.child.kill("SIGTERM");
  await second.ended;
  // The profile file says of both bindings what they have; that of the one is what it has already.
  const [every, one] = profile.bindings;
  const over = { ...profile, bindings: [every, { ...one, handler: { handler: "theirs" } }] };
  writeFileSync(file, JSON.stringify({ ...over, handlers: [{ name: "theirs", text: PASSES }] }));
  const third = await serve(["--data", folder, "--profile", file]);
  expect(third.stderr()).toContain(
    "warning: the profile file replaced handlers that were bound before: mine on every of flows (now none)\n",
  );
});

test("takes a token of somebody's own, if it is long enough", async () => {
  const folder = join(testFolder(), "data");
  const { token } = await serve(["--data", folder], {
    EXONET_TOKEN: "our own token/".replaceAll(" ", "-").padEnd(20, "x"),
  });
  expect(token).toBe("our-own-token/xxxxxx");
  const short = run(["--data", join(testFolder(), "data")], { EXONET_TOKEN: "short" });
  expect(await short.ended).toBe(1);
  expect(short.stderr()).toContain("EXONET_TOKEN");
});

test("says what to do where the port is taken, and where the folder is", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void taken.close());
  await new Promise((resolve) => taken.once("listening", resolve));
  const address = taken.address();
  const port = String(typeof address === "object" ? address?.port : 0);
  const folder = join(testFolder(), "data");
  const refused = run(["--data", folder, "--port", port]);
  expect(await refused.ended).toBe(1);
  expect(refused.stderr()).toContain("--port");
  expect(refused.stdout()).toBe("");
  await serve(["--data", folder]);
  const second = run(["--data", folder, "--port", "0"]);
  expect(await second.ended).toBe(1);
  expect(second.stderr()).toContain("another server works on this data folder");
});

test("warns where others can reach it", async () => {
  const { stderr, link } = await serve(["--data", join(testFolder(), "data"), "--host", "0.0.0.0"]);
  expect(stderr()).toContain("0.0.0.0 is not loopback");
  expect(link.hostname).toBe("127.0.0.1");
});

test.each([
  ["{", "demo.profile.json"],
  ['{"filters":[],"environments":[],"bindings":[],"more":1}', "more"],
  [
    '{"filters":[],"environments":[],"bindings":[{"name":"a","filter":"a","environment":"control","mode":"tap"}]}',
    "no filter a",
  ],
  ['{"filters":[],"environments":[],"bindings":[],"replay":{"captures":["none.pcap"]}}', "none.pcap"],
  ['{"filters":[{"name":"a","language":"dpf","text":"?"}],"environments":[],"bindings":[]}', "/filters/0/text"],
])("refuses a profile file that is wrong, and says what is: %s", async (text, said) => {
  const parent = testFolder();
  const file = join(parent, "demo.profile.json");
  writeFileSync(file, text);
  const { ended, stderr } = run(["--data", join(parent, "data"), "--port", "0", "--profile", file]);
  expect(await ended).toBe(1);
  expect(stderr()).toContain(said);
  expect(stderr()).not.toMatch(/\n\s+at /);
});
