/** A list of ten thousand filters in the whole appliance: bound at once, and counted as each would be alone. */
import { expect, test } from "vitest";
import { countOf, framesOf, sampleOf } from "../filter/single.js";
import { variedFilters } from "../filter/varied.js";
import { Chance } from "../seeded.js";
import { exonet } from "./command.js";
import { ownFolder } from "./work.js";

const FILTERS = 10_000;
const SEED = 20_000;
const OF_EACH = 4;
const CAPTURE = "oddities.pcap";

const at = ownFolder();

test(`exonet replay with a list of ${FILTERS} filters`, async () => {
  const list = variedFilters(FILTERS, new Chance(SEED), "pcap-filter");
  const path = at("list.txt", list.map(({ name, text }) => `${name}: ${text}\n`).join(""));
  const { code, out, error } = await exonet(["replay", `captures/${CAPTURE}`, "--filters", path, "--json"]);
  expect([code, error]).toEqual([0, ""]);
  const { bindings, books } = JSON.parse(out);
  expect(bindings).toHaveLength(FILTERS + 1);
  expect(books.balanced).toBe(true);
  const packets = new Map<string, number>(
    bindings.map((each: { name: string; packets: number }) => [each.name, each.packets]),
  );
  const frames = framesOf([CAPTURE]);
  const sample = sampleOf(list, OF_EACH, new Chance(SEED + 1)).flatMap((place) => list[place] ?? []);
  expect(sample.length).toBeGreaterThanOrEqual(200);
  const alone = sample.map(({ text, language }) => countOf(text, language, frames));
  expect(sample.map(({ name, text }) => `${text}: ${packets.get(name)}`)).toEqual(
    sample.map(({ text }, index) => `${text}: ${alone[index]}`),
  );
  expect(alone.filter((count) => count > 0).length).toBeGreaterThan(10);
}, 180_000);
