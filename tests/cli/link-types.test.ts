/** `exonet replay` with captures of several link types: each frame is judged by the text for its own type. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { PcapngBuilder, payload } from "../capture/build.js";
import { relinked, relinkedCapture, relinkedFrames } from "../capture/relink.js";
import { countOf } from "../filter/single.js";
import { exonet } from "./command.js";
import { ownFolder, shell } from "./work.js";

const at = ownFolder();
const WEB = "tcp port 80";
const list = at("list.txt", `web: ${WEB}\ntagged: vlan\nip: ip\n`);
const paths = new Map(
  [0, 1, 50, 101, 113, 276].map((type) => [type, at(`${type}.pcap`, relinkedCapture("web.pcap", type))]),
);

const webIn = (type: number) => countOf(WEB, "pcap-filter", relinkedFrames("web.pcap", type));

async function counts(captures: readonly string[], input?: Uint8Array): Promise<Record<string, number>> {
  const { code, out, error } = await exonet(["replay", ...captures, "--filters", list, "--json"], input);
  expect([code, error]).toEqual([0, ""]);
  const { bindings, books } = JSON.parse(out) as {
    bindings: { name: string; packets: number }[];
    books: { balanced: boolean };
  };
  expect(books.balanced).toBe(true);
  return Object.fromEntries(bindings.map(({ name, packets }) => [name, packets]));
}

describe("exonet replay", () => {
  test.each([[[1]], [[101]], [[276]], [[1, 113]], [[0, 101, 276]]])("link types %j, merged", async (types) => {
    const found = await counts(types.map((type) => paths.get(type) ?? ""));
    expect(found).toMatchObject({ web: types.reduce((sum, type) => sum + webIn(type), 0), tagged: 0 });
    expect(found.web).toBeGreaterThan(100);
  });

  test("a text that one of the types does not allow counts in the others", async () => {
    const found = await counts([paths.get(276) ?? "", "captures/vlan.pcap"]);
    expect(found.tagged).toBe((await counts(["captures/vlan.pcap"])).tagged);
    expect(found.tagged).toBeGreaterThan(10);
  });

  test("stdin: what the frames are is known when they come", async () => {
    for (const type of [101, 276, 50]) {
      const octets = readFileSync(paths.get(type) ?? "");
      expect(await counts(["-"], octets)).toMatchObject({ web: webIn(type) });
      expect(await counts(["-", paths.get(1) ?? ""], gzipSync(octets))).toMatchObject({ web: webIn(type) + webIn(1) });
    }
  });

  test("stdin that is a pcapng says it by its interfaces, one that comes slowly when its header has come", async () => {
    const builder = new PcapngBuilder().section().interface({ linkType: 101 }).interface({ linkType: 113 });
    for (const [at, type] of [101, 113].entries()) {
      for (const { octets } of relinked("web.pcap", type)) builder.enhanced({ octets, interface: at });
    }
    expect(await counts(["-"], builder.octets)).toMatchObject({ web: webIn(101) + webIn(113) });
    const path = paths.get(113) ?? "";
    const piped = shell(
      `(head -c 3 ${path}; sleep 0.2; tail -c +4 ${path}) | $exonet replay - --filters ${list} --json`,
    );
    expect([piped.status, piped.error]).toEqual([0, ""]);
    const { bindings } = JSON.parse(piped.text) as { bindings: { name: string; packets: number }[] };
    expect(bindings.find(({ name }) => name === "web")?.packets).toBe(webIn(113));
  });

  test("more types than a text is compiled for are refused in words", async () => {
    const many = new PcapngBuilder().section();
    for (let type = 100; type < 150; type++) many.interface({ linkType: type });
    for (let type = 0; type < 50; type++) many.enhanced({ octets: payload(40), interface: type });
    const { code, out, error } = await exonet(["replay", at("many.pcapng", many.octets), "--filters", list]);
    expect([code, out]).toEqual([1, ""]);
    expect(error).toBe("exonet: the captures have frames of 50 link types, and with Ethernet there may be 16\n");
  });
});
