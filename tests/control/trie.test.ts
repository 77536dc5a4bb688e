/** Stages, the merged trie and its heat, targets, and overlaps of claims: what control says of the compiler's work. */
import { describe, expect, test } from "vitest";
import type { CheckResult, Problem, Stage, Target, Trie, TrieNodePoint } from "../../src/control/protocol.js";
import { FILTERS_TOLD, UNFOLDED, UNFOLDED_ALONE } from "../../src/dpf/draw-trie.js";
import { OVERLAPS_TOLD } from "../../src/dpf/overlap.js";
import { STAGE_NAMES } from "../../src/dpf/stage-names.js";
import { type Bench, bench } from "./bench.js";

const V1 = "/api/v1";

async function put({ ask }: Bench, name: string, body: string, query = ""): Promise<void> {
  expect((await ask("PUT", `${V1}/filters/${name}.dpf${query}`, { body })).status).toBe(201);
}

async function trie({ ask }: Bench, query = ""): Promise<Trie> {
  const answer = await ask("GET", `${V1}/trie${query}`);
  expect(answer.status, answer.body).toBe(200);
  return answer.json() as Trie;
}

describe("stages of a filter", () => {
  test("are listed with sizes, and each is a text of its own", async () => {
    const plane = await bench();
    await put(plane, "dns", "12:8 == 8 && 23:8 == 17");
    const stages = (await plane.ask("GET", `${V1}/filters/dns/stages`)).json() as Stage[];
    expect(stages.map(({ name }) => name)).toEqual(STAGE_NAMES);
    for (const { name, octets, instructions } of stages) {
      const { headers, body } = await plane.ask("GET", `${V1}/filters/dns/stages/${name}`);
      expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
      // What the engine gets is not told itself: a module as text, JavaScript indented.
      if (name === "wat" || name === "js") expect(octets).toBeLessThan(Buffer.byteLength(body));
      else expect(Buffer.byteLength(body)).toBe(octets);
      expect(instructions).toBeGreaterThan(1);
    }
    expect((await plane.ask("GET", `${V1}/filters/dns/stages/atoms`)).body).toBe("12:8 == 0x08 && 23:8 == 0x11\n");
  });

  test("there is none of another name, nor of another filter", async () => {
    const plane = await bench();
    await put(plane, "dns", "true");
    expect((await plane.ask("GET", `${V1}/filters/dns/stages/ast`)).json()).toMatchObject({
      status: 404,
      code: "E_NO_STAGE",
      detail: `there is no stage of this name: ${STAGE_NAMES.join(", ")}`,
    });
    expect((await plane.ask("GET", `${V1}/filters/web/stages`)).json()).toMatchObject({ code: "E_NO_FILTER" });
  });

  test("a compile worker that is busy is no error of the text", async () => {
    const plane = await bench();
    await put(plane, "dns", "true");
    plane.appliance.busy = true;
    for (const path of ["filters/dns/stages", "filters/dns/stages/js", "trie"]) {
      expect((await plane.ask("GET", `${V1}/${path}`)).json()).toMatchObject({ status: 503, code: "E_QUESTION" });
    }
  });
});

describe("the merged trie", () => {
  test("of nothing is a root at which nothing ends", async () => {
    const picture = await trie(await bench());
    expect(picture.nodes).toMatchObject([{ kind: "node", parent: null, children: 0, ends: 0 }]);
    expect(picture.totals).toMatchObject({ nodes: 1, filters: 0, target: "js" });
    expect([picture.columns, picture.heat]).toEqual([[], false]);
  });

  test("names the bindings that end at a node, and counts those that are too many", async () => {
    const plane = await bench();
    for (let copy = 0; copy < FILTERS_TOLD + 2; copy++) await put(plane, `copy-${copy}`, "3:8 == 4");
    const { nodes, columns } = await trie(plane);
    const ids = [...plane.appliance.bindings.keys()];
    expect(nodes).toMatchObject([
      { kind: "node", children: 1, ends: FILTERS_TOLD + 2, filters: [] },
      { kind: "single", field: "3:8", column: 0, children: 1, folded: false },
      { kind: "node", value: "0x04", filters: ids.slice(0, FILTERS_TOLD), filterCount: FILTERS_TOLD + 2 },
    ]);
    expect(columns).toEqual([{ field: "3:8", region: 0 }]);
  });

  test("a dispatch of many is folded, and unfolded where it is asked for; a limit folds what it cuts off", async () => {
    const plane = await bench();
    const values = UNFOLDED + 3;
    for (let value = 0; value < values; value++) await put(plane, `value-${value}`, `0:8 == 7 && 3:8 == ${value}`);
    const folded = (await trie(plane)).nodes.at(-1);
    expect(folded).toMatchObject({ kind: "jump", field: "3:8", folded: true, children: values, ends: values });
    const unfolded = await trie(plane, `?at=${folded?.id}`);
    expect(unfolded.path.map(({ text }) => text)).toEqual(["every packet", "0:8 == 0x07", `3:8, jump of ${values}`]);
    expect(unfolded.nodes).toHaveLength(1 + values);
    expect(unfolded.nodes[0]).toMatchObject({ folded: false, parent: null });
    const cut = await trie(plane, `?at=${folded?.id}&limit=4`);
    expect(cut.nodes.map((point) => (point.kind === "node" ? point.value : point.kind))).toEqual([
      "jump",
      "0x00",
      "0x01",
      "0x02",
    ]);
    expect(cut.nodes[0]).toMatchObject({ folded: true, children: values });
  });

  test("a dispatch of very many is told some at a time, with what is below", async () => {
    const plane = await bench();
    const values = UNFOLDED_ALONE + 30;
    for (let value = 0; value < values; value++) await put(plane, `v${value}`, `3:8 == ${value} && 4:8 == 1`);
    const folded = (await trie(plane)).nodes.at(-1);
    const told = async (query: string) => {
      const { before, nodes } = await trie(plane, `?at=${folded?.id}${query}`);
      const inside = nodes.filter(({ parent }) => parent === folded?.id);
      return [before, inside.length, nodes.length, (inside[0] as TrieNodePoint).value, nodes[0]?.folded];
    };
    expect(await told("")).toEqual([0, UNFOLDED_ALONE, 1 + 3 * UNFOLDED_ALONE, "0x00", true]);
    expect(await told("&from=100")).toEqual([100, 30, 91, "0x64", true]);
    expect((await trie(plane, `?at=${folded?.id}&from=999`)).nodes).toMatchObject([{ children: values, folded: true }]);
  });

  test("columns go by the order of evaluation", async () => {
    const plane = await bench();
    await put(plane, "two", "9:8 == 1 && 2:8 == 3 || 4:8 == 1");
    const { columns, nodes } = await trie(plane);
    expect(columns.map(({ field }) => field)).toEqual(["2:8", "4:8", "9:8"]);
    const fields = nodes.flatMap((point) => (point.kind === "node" ? [] : [[point.field, point.column]]));
    expect(Object.fromEntries(fields)).toEqual({ "2:8": 0, "4:8": 1, "9:8": 2 });
  });

  test("there is no node of another number, and an address is one", async () => {
    const { ask } = await bench();
    for (const at of ["9", "1.0", "1.7"]) {
      expect((await ask("GET", `${V1}/trie?at=${at}`)).json()).toMatchObject({ status: 404, code: "E_NO_NODE" });
    }
    for (const query of ["at=root", "at=-1", "limit=0", "limit=2001", "more=1"]) {
      expect((await ask("GET", `${V1}/trie?${query}`)).json()).toMatchObject({ status: 400, code: "E_SCHEMA" });
    }
  });

  test("heat: counts come with the picture while they are on, null while not", async () => {
    const plane = await bench();
    await put(plane, "dns", "0:8 == 1");
    const reached = async () =>
      (await trie(plane)).nodes.flatMap((point) => (point.kind === "node" ? [point.reached] : []));
    expect(await reached()).toEqual([null, null]);
    expect((await plane.ask("PUT", `${V1}/trie/heat`, { json: { on: true } })).json()).toEqual({ on: true });
    const node = (await trie(plane)).nodes.at(-1) as TrieNodePoint;
    plane.appliance.heat?.set(node.node, 41);
    expect(await reached()).toEqual([0, 41]);
    expect((await trie(plane)).heat).toBe(true);
    await plane.ask("PUT", `${V1}/trie/heat`, { json: { on: false } });
    expect(await reached()).toEqual([null, null]);
    for (const json of [{}, { on: 1 }, { on: true, off: 1 }]) {
      expect((await plane.ask("PUT", `${V1}/trie/heat`, { json })).status).toBe(400);
    }
  });
});

describe("the target", () => {
  test("is told, and switched", async () => {
    const { ask, appliance } = await bench();
    expect((await ask("GET", `${V1}/target`)).json()).toEqual({
      target: "js",
      shadow: null,
      targets: ["wasm", "js", "interpreter"],
      compared: 0,
      disagreements: 0,
      first: null,
    });
    const json = { target: "interpreter", shadow: "js" };
    expect((await ask("PUT", `${V1}/target`, { json })).json()).toMatchObject(json);
    expect(appliance.machine).toMatchObject(json);
    expect((await ask("PUT", `${V1}/target`, { json: { target: "js" } })).json()).toMatchObject({ shadow: null });
  });

  test("one that there is not is refused, and so is a shadow of itself", async () => {
    const { ask } = await bench();
    for (const json of [{ target: "wat" }, { shadow: "js" }, { target: "js", shadow: "" }, { target: "js", on: 1 }]) {
      expect((await ask("PUT", `${V1}/target`, { json })).json()).toMatchObject({ status: 400, code: "E_SCHEMA" });
    }
    const twice = await ask("PUT", `${V1}/target`, { json: { target: "js", shadow: "js" } });
    expect(twice.json()).toMatchObject({ status: 400, code: "E_ARGUMENT" });
  });

  test("disagreements are counted, and the first is told with its octets", async () => {
    const { ask, appliance } = await bench();
    const [target, shadow] = [
      { winner: 3, taps: [1] },
      { winner: 0, taps: [1, 2] },
    ];
    appliance.disagree(5, { epoch: 2, packet: 17, octets: Uint8Array.of(0, 255), wire: 60, link: 1, target, shadow });
    const told = (await ask("GET", `${V1}/target`)).json() as Target;
    expect(told).toMatchObject({
      disagreements: 5,
      first: { epoch: 2, packet: 17, octets: "00ff", wire: 60, link: 1, target, shadow },
    });
    expect((await ask("GET", "/metrics")).body).toContain("exonet_disagreements_total 5");
  });
});

describe("overlaps of a claim", () => {
  const claim = (name: string, environment: number, priority: number) => ({
    json: { filter: name, environment, mode: "claim", priority },
  });

  async function claimed(): Promise<Bench> {
    const plane = await bench();
    await plane.ask("POST", `${V1}/environments`, { json: { name: "flows", program: "monitor" } });
    for (const [name, body, environment, priority] of [
      ["own", "0:8 == 1", 0, 2],
      ["other", "1:8 == 2", 1, 3],
    ] as const) {
      await put(plane, name, body, "?bind=no");
      expect((await plane.ask("POST", `${V1}/bindings`, claim(name, environment, priority))).status).toBe(201);
    }
    return plane;
  }

  test("are told with a check as a claim, those of other environments first; not with others", async () => {
    const { ask } = await claimed();
    const path = `${V1}/filters/new.dpf/check`;
    const found = (await ask("POST", `${path}?mode=claim&environment=0&priority=2`, { body: "0:8 == 1" })).json();
    const { ok, overlaps } = found as CheckResult;
    expect(ok).toBe(true);
    expect(overlaps).toEqual({
      total: 2,
      overlaps: [
        expect.objectContaining({ name: "other", environment: 1, priority: 3, relation: "partial", wins: "old" }),
        expect.objectContaining({ name: "own", environment: 0, priority: 2, relation: "identical", wins: "old" }),
      ],
    });
    const json = { language: "dpf", text: "0:8 == 1", mode: "claim", environment: 1, priority: 9 };
    const asJson = (await ask("POST", `${V1}/filters/check`, { json })).json() as CheckResult;
    expect(asJson.overlaps?.overlaps.map(({ name, wins }) => [name, wins])).toEqual([
      ["own", "new"],
      ["other", "new"],
    ]);
    for (const query of ["", "?mode=tap", "?priority=3"]) {
      expect((await ask("POST", path + query, { body: "true" })).json()).not.toHaveProperty("overlaps");
    }
    const wrong = (await ask("POST", `${path}?mode=claim`, { body: "nothing" })).json() as CheckResult;
    expect([wrong.ok, wrong.errors.length, wrong.overlaps]).toEqual([false, 1, undefined]);
  });

  test("at most a few are told, all are counted", async () => {
    const plane = await bench();
    for (let value = 0; value < OVERLAPS_TOLD + 5; value++) {
      await put(plane, `f${value}`, `0:8 == ${value}`, "?bind=no");
      await plane.ask("POST", `${V1}/bindings`, claim(`f${value}`, 0, 0));
    }
    const path = `${V1}/filters/new.dpf/check?mode=claim`;
    const { overlaps } = (await plane.ask("POST", path, { body: "true" })).json() as CheckResult;
    expect([overlaps?.overlaps.length, overlaps?.total]).toEqual([OVERLAPS_TOLD, OVERLAPS_TOLD + 5]);
  });

  test("come with the refusal of a claim, and of nothing else", async () => {
    const plane = await claimed();
    await put(plane, "new", "0:8 == 1 && 1:8 == 2", "?bind=no");
    for (const code of ["E_CLAIM_OVERLAP", "E_CLAIM_IDENTICAL"] as const) {
      plane.appliance.refuseClaims = code;
      const refused = (await plane.ask("POST", `${V1}/bindings`, claim("new", 0, 3))).json() as Problem;
      expect(refused).toMatchObject({ status: 409, code });
      expect(refused.overlaps).toMatchObject({ total: 2, overlaps: [{ name: "other", relation: "inside" }, {}] });
    }
    plane.appliance.refuseClaims = "E_TOO_MANY";
    const other = (await plane.ask("POST", `${V1}/bindings`, claim("new", 0, 3))).json();
    expect(other).toMatchObject({ code: "E_TOO_MANY" });
    expect(other).not.toHaveProperty("overlaps");
  });

  test("what is no mode, environment or priority is refused by name", async () => {
    const { ask } = await bench();
    for (const query of ["mode=share", "environment=-1", "priority=256", "mode=claim&more=1"]) {
      const answer = await ask("POST", `${V1}/filters/new.dpf/check?${query}`, { body: "true" });
      expect(answer.json(), query).toMatchObject({ status: 400, code: "E_SCHEMA" });
    }
  });
});
