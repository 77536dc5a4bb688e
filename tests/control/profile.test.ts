import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mergeProfiles } from "../../src/control/profile.js";
import type { Profile } from "../../src/control/protocol.js";
import { Store } from "../../src/store/store.js";
import { testFolder } from "../store/folder.js";
import { bench, capture, refuseChanges } from "./bench.js";

const PROFILE = {
  filters: [
    { name: "all", language: "dpf", text: "true" },
    { name: "ip", language: "dpf", text: "12:8 == 8" },
  ],
  environments: [{ name: "flows", program: "monitor", options: { size: 5 } }],
  bindings: [
    { name: "all", filter: "all", environment: "flows", mode: "tap", priority: 0 },
    { name: "ip", filter: "ip", environment: "control", mode: "claim", priority: 2 },
  ],
  replay: { captures: ["a.pcap"], speed: 2, loop: 0, lossless: true },
} as const;

describe("a profile", () => {
  test("goes in and comes out the same, and takes the place of what was there", async () => {
    const { ask, appliance } = await bench();
    await ask("PUT", "/api/v1/captures/a.pcap", { body: capture(3) });
    await ask("PUT", "/api/v1/filters/old.dpf", { body: "true" });
    await ask("POST", "/api/v1/environments", { json: { name: "old", program: "" } });
    const put = await ask("PUT", "/api/v1/profile", { json: PROFILE });
    expect(put.status).toBe(200);
    expect(put.json()).toEqual(PROFILE);
    expect((await ask("GET", "/api/v1/profile")).json()).toEqual(PROFILE);
    expect([...appliance.environments.values()].map(({ name }) => name)).toEqual(["control", "flows"]);
    expect(appliance.replay).toMatchObject({ state: "playing", speed: 2, loop: 0, lossless: true });
    expect((await ask("DELETE", "/api/v1/filters/ip")).status).toBe(409);
  });

  test.each<[string, Record<string, unknown>, number, string, string[]]>([
    ["an unknown key", { more: 1 }, 400, "E_SCHEMA", ["/more"]],
    ["a filter twice", { filters: [...PROFILE.filters, PROFILE.filters[0]] }, 422, "E_PROFILE", ["/filters/2/name"]],
    [
      "options that are too long",
      { environments: [...PROFILE.environments, { name: "o", program: "", options: { ["k".repeat(4091)]: 1 } }] },
      413,
      "E_OPTIONS",
      ["/environments/1/options"],
    ],
    ["no such filter", { filters: [PROFILE.filters[0]] }, 422, "E_PROFILE", ["/bindings/1/filter"]],
    ["no such environment", { environments: [] }, 422, "E_PROFILE", ["/bindings/0/environment"]],
    [
      "a name of ours",
      { environments: [...PROFILE.environments, { name: "control", program: "" }] },
      422,
      "E_PROFILE",
      ["/environments/1/name"],
    ],
    [
      "no such capture",
      { replay: { captures: ["../x", "b"] } },
      422,
      "E_PROFILE",
      ["/replay/captures/0", "/replay/captures/1"],
    ],
    [
      "a text with an error",
      { filters: [PROFILE.filters[0], { name: "ip", language: "dpf", text: "nonsense" }] },
      422,
      "E_TEXT",
      ["/filters/1/text"],
    ],
  ])("with %s is refused by pointer, and nothing changes", async (_what, change, status, code, pointers) => {
    const { ask } = await bench();
    await ask("PUT", "/api/v1/captures/a.pcap", { body: capture(3) });
    await ask("PUT", "/api/v1/profile", { json: PROFILE });
    const put = await ask("PUT", "/api/v1/profile", { json: { ...PROFILE, ...change } });
    const problem = put.json() as { errors: { pointer: string }[] };
    expect(problem).toMatchObject({ status, code });
    expect(problem.errors.map(({ pointer }) => pointer)).toEqual(pointers);
    expect((await ask("GET", "/api/v1/profile")).json()).toEqual(PROFILE);
  });

  test("that the kernel refuses half way leaves what was there", async () => {
    const { ask } = await bench();
    await ask("PUT", "/api/v1/captures/a.pcap", { body: capture(3) });
    await ask("PUT", "/api/v1/profile", { json: PROFILE });
    const wrong = { ...PROFILE, environments: [...PROFILE.environments, { name: "x", program: "nothing" }] };
    expect((await ask("PUT", "/api/v1/profile", { json: wrong })).json()).toMatchObject({ code: "E_PROGRAM" });
    expect((await ask("GET", "/api/v1/profile")).json()).toEqual(PROFILE);
  });

  test("is bound at once, and takes the place of what was bound at once; environments that it wants stay", async () => {
    const { ask, appliance } = await bench();
    await ask("PUT", "/api/v1/captures/a.pcap", { body: capture(3) });
    await ask("PUT", "/api/v1/profile", { json: PROFILE });
    const flows = [...appliance.environments.values()].find(({ name }) => name === "flows")?.id;
    const before = appliance.calls.length;
    const bindings = [PROFILE.bindings[1], { ...PROFILE.bindings[0], name: "other", mode: "claim" }];
    expect((await ask("PUT", "/api/v1/profile", { json: { ...PROFILE, bindings } })).status).toBe(200);
    const calls = appliance.calls.slice(before).map(({ name }) => name);
    expect(calls).toEqual(["exchange", "stop", "openReplay", "play"]);
    expect(appliance.environments.get(flows ?? -1)?.name).toBe("flows");
    expect([...appliance.bindings.values()].map(({ name }) => name)).toEqual(["ip", "other"]);
    expect((await ask("DELETE", "/api/v1/filters/all")).status).toBe(409);
  });

  test("of which the kernel refuses a binding names the filter, and disturbs nothing that runs", async () => {
    const { ask, appliance } = await bench();
    await ask("PUT", "/api/v1/captures/a.pcap", { body: capture(3) });
    await ask("PUT", "/api/v1/profile", { json: { ...PROFILE, bindings: [PROFILE.bindings[0]] } });
    const ids = [...appliance.bindings.keys()];
    appliance.refuseClaims = "E_CLAIM_OVERLAP";
    const before = appliance.calls.length;
    const environments = [{ name: "more", program: "" }, ...PROFILE.environments];
    const problem = (await ask("PUT", "/api/v1/profile", { json: { ...PROFILE, environments } })).json();
    expect(problem).toMatchObject({ code: "E_CLAIM_OVERLAP", errors: [{ pointer: "/bindings/1" }] });
    expect((problem as { detail: string }).detail).toContain("filters/ip: ");
    expect([...appliance.bindings.keys()]).toEqual(ids);
    const calls = appliance.calls.slice(before).map(({ name }) => name);
    expect(calls).toEqual(["createEnvironment", "exchange", "destroyEnvironment"]);
    const out = (await ask("GET", "/api/v1/profile")).json();
    expect(out).toEqual({ ...PROFILE, bindings: [PROFILE.bindings[0]] });
    expect((await ask("GET", "/api/v1/filters/ip")).status).toBe(200);
  });

  test("whose environment is another of a name that is there takes its place, or leaves it where that cannot be", async () => {
    const { ask, appliance } = await bench();
    await ask("PUT", "/api/v1/captures/a.pcap", { body: capture(3) });
    await ask("PUT", "/api/v1/profile", { json: PROFILE });
    const other = { ...PROFILE, environments: [{ ...PROFILE.environments[0], options: { size: 6 } }] };
    appliance.refuseClaims = "E_CLAIM_OVERLAP";
    appliance.refusals = 1;
    expect((await ask("PUT", "/api/v1/profile", { json: other })).json()).toMatchObject({ code: "E_CLAIM_OVERLAP" });
    expect((await ask("GET", "/api/v1/profile")).json()).toEqual(PROFILE);
    expect((await ask("DELETE", "/api/v1/filters/ip")).status).toBe(409);
    expect((await ask("PUT", "/api/v1/profile", { json: other })).status).toBe(200);
    expect((await ask("GET", "/api/v1/profile")).json()).toEqual(other);
  });

  test("says how many slices a downloaded environment is to have, also those that were given later", async () => {
    const folder = join(testFolder(), "data");
    const { ask, appliance, close } = await bench({ folder });
    const environments = [
      { name: "many", program: "vcode", options: {}, code: "v_end", slices: 3 },
      { name: "none", program: "vcode", options: {}, code: "v_end", slices: 0 },
      { name: "one", program: "vcode", options: {}, code: "v_end" },
    ];
    const profile = { filters: [], bindings: [], environments };
    const put = async (wanted: unknown) => (await ask("PUT", "/api/v1/profile", { json: wanted })).json();
    expect(await put(profile)).toEqual(profile);
    const made = () => appliance.calls.filter(({ name }) => name === "createEnvironment").map(({ args }) => args);
    expect(made()).toMatchObject([{ slices: 3 }, { slices: 0 }, { name: "one" }]);
    expect(made()[2]).not.toHaveProperty("slices");
    // As it is: nothing is made anew. With one more: that one is.
    expect(await put(profile)).toEqual(profile);
    expect(made()).toHaveLength(3);
    const more = { ...profile, environments: [{ ...environments[0], slices: 4 }, ...environments.slice(1)] };
    expect(await put(more)).toEqual(more);
    const one = [...appliance.environments.values()].find(({ name }) => name === "one")!.id;
    const at = (position: number) => `/api/v1/environments/${one}/slices/${position}`;
    expect((await ask("PUT", at(1))).status).toBe(200);
    expect((await ask("PUT", at(2))).status).toBe(200);
    expect((await ask("PUT", at(2))).json()).toMatchObject({ code: "E_SLICE_TAKEN" });
    expect((await ask("DELETE", at(1))).status).toBe(200);
    const now = { ...more, environments: [...more.environments.slice(0, 2), { ...environments[2], slices: 2 }] };
    expect((await ask("GET", "/api/v1/profile")).json()).toEqual(now);
    const wrong = { ...profile, environments: [{ ...environments[0], slices: -1 }] };
    expect(await put(wrong)).toMatchObject({ code: "E_SCHEMA", errors: [{ pointer: "/environments/0/slices" }] });
    await close();
    const store = Store.open(folder);
    expect(JSON.parse(store.profile() ?? "").environments).toEqual(now.environments);
    store.close();
  });

  test("that cannot be set up again at a start stays stored", async () => {
    const folder = join(testFolder(), "data");
    const { ask, close } = await bench({ folder });
    await ask("PUT", "/api/v1/captures/a.pcap", { body: capture(3) });
    await ask("PUT", "/api/v1/profile", { json: PROFILE });
    await close();
    const again = await bench({ folder });
    const wrong = { ...PROFILE, environments: [...PROFILE.environments, { name: "x", program: "nothing" }] };
    expect((await again.ask("PUT", "/api/v1/profile", { json: wrong })).json()).toMatchObject({ code: "E_PROGRAM" });
    await again.close();
    const store = Store.open(folder);
    expect(store.filters.list()).toMatchObject(PROFILE.filters);
    const { environments, bindings, replay } = PROFILE;
    expect(JSON.parse(store.profile() ?? "")).toMatchObject({ environments, bindings, replay });
    store.close();
  });

  test("that can neither be set up nor taken back tells the first error; the log has both", async () => {
    const { ask, folder, log } = await bench();
    await ask("PUT", "/api/v1/captures/a.pcap", { body: capture(3) });
    await ask("PUT", "/api/v1/profile", { json: PROFILE });
    refuseChanges(folder, "filters");
    const wrong = { ...PROFILE, filters: [], bindings: [], environments: [{ name: "x", program: "nothing" }] };
    expect((await ask("PUT", "/api/v1/profile", { json: wrong })).json()).toMatchObject({ code: "E_PROGRAM" });
    expect(log.join("")).toMatch(/"type":"KernelRefusal".*"cause":"Error: no room/);
  });

  test("that the store does not keep is not set up, either", async () => {
    const { ask, folder } = await bench();
    await ask("PUT", "/api/v1/captures/a.pcap", { body: capture(3) });
    await ask("PUT", "/api/v1/profile", { json: PROFILE });
    refuseChanges(folder, "profile");
    const other = { filters: [], bindings: [], environments: [] };
    expect((await ask("PUT", "/api/v1/profile", { json: other })).json()).toMatchObject({ code: "E_INTERNAL" });
    expect((await ask("GET", "/api/v1/profile")).json()).toEqual(PROFILE);
  });

  test("is kept with every change, for the next start", async () => {
    const folder = join(testFolder(), "data");
    const { ask, close } = await bench({ folder });
    await ask("PUT", "/api/v1/captures/a.pcap", { body: capture(3) });
    const made = await ask("POST", "/api/v1/environments", {
      json: { name: "flows", program: "monitor", options: { size: 5 } },
    });
    await ask("PUT", "/api/v1/filters/all.dpf?bind=no", { body: "true" });
    await ask("PUT", "/api/v1/filters/ip.dpf", { body: "12:8 == 8" });
    const { environment } = made.json() as { environment: number };
    await ask("POST", "/api/v1/bindings", { json: { filter: "all", environment, mode: "tap" } });
    await ask("DELETE", "/api/v1/filters/ip?unbind=yes");
    await ask("PUT", "/api/v1/replays/current", { json: { captures: ["a.pcap"], loop: 0 } });
    await close();
    const store = Store.open(folder);
    const { filters } = store;
    expect(filters.list()).toMatchObject([{ name: "all" }]);
    expect(JSON.parse(store.profile() ?? "")).toEqual({
      filters: [],
      environments: PROFILE.environments,
      bindings: [PROFILE.bindings[0]],
      replay: { captures: ["a.pcap"], speed: 1, loop: 0, lossless: false },
    });
    store.close();
  });
});

test("a profile file is laid over what was stored", () => {
  const stored: Profile = {
    ...PROFILE,
    filters: [...PROFILE.filters, { name: "mine", language: "dpf", text: "true" }],
    bindings: [
      ...PROFILE.bindings,
      { name: "mine", filter: "mine", environment: "control", mode: "tap" },
      { name: "lost", filter: "gone", environment: "control", mode: "tap" },
      { name: "lost2", filter: "all", environment: "gone", mode: "tap" },
    ],
  };
  const file: Profile = {
    filters: [{ name: "ip", language: "dpf", text: "12:8 == 9" }],
    environments: [{ name: "flows", program: "exos" }],
    bindings: [{ name: "ip", filter: "ip", environment: "control", mode: "tap" }],
  };
  const merged = mergeProfiles(stored, file);
  expect(merged.filters.map(({ name, text }) => [name, text])).toEqual([
    ["all", "true"],
    ["mine", "true"],
    ["ip", "12:8 == 9"],
  ]);
  expect(merged.environments).toEqual(file.environments);
  expect(merged.bindings.map(({ name, mode }) => [name, mode])).toEqual([
    ["all", "tap"],
    ["mine", "tap"],
    ["ip", "tap"],
  ]);
  expect(merged.replay).toEqual(stored.replay);
});
