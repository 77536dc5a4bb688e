import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { Pass, type PassConsumer, type PassFilters } from "../../src/appliance/pass.js";
import type { Verdicts } from "../../src/dpf/batch.js";
import { TARGETS } from "../../src/dpf/target.js";
import { compileText } from "../../src/filter/filter.js";
import { PcapngBuilder, payload } from "../capture/build.js";

/** By link type: 1 asks for other frames than 113 does. */
const TEXTS: Readonly<Record<number, readonly string[]>> = {
  1: ["0:8 < 100", "length > 8", "0:8 == 8"],
  113: ["0:8 >= 100", "length > 4", "true"],
};
const FRAMES = 9000;

/** What each text accepts, said by hand. */
function accepts(linkType: number, octets: Uint8Array): number[] {
  const first = octets[0] ?? -1;
  const answers =
    linkType === 1
      ? [first >= 0 && first < 100, octets.length > 8, first === 8]
      : [first >= 100, octets.length > 4, true];
  return answers.flatMap((yes, index) => (yes ? [index + 1] : []));
}

function filtersFor(linkType: number) {
  return (TEXTS[linkType] ?? []).map((text) => {
    const compiled = compileText(text, "dpf", linkType);
    if (!compiled.ok) throw new Error(text);
    return compiled.filter;
  });
}

/** Link types that come in no regular order, now and then many of one. */
function linkTypeOf(index: number): number {
  return (index * index) % 7 < 3 || (index > 3000 && index < 8000 && index % 50 > 0) ? 113 : 1;
}

function build(): Uint8Array {
  const builder = new PcapngBuilder().section().interface().interface({ linkType: 113 });
  for (let index = 0; index < FRAMES; index++) {
    builder.enhanced({ octets: payload(index % 13, index), interface: linkTypeOf(index) === 1 ? 0 : 1 });
  }
  return builder.octets;
}

class Collect implements PassConsumer {
  readonly matched: number[][] = [];
  #next = 0;

  take(from: number, to: number, { tapStart, tapCount, taps }: Verdicts): void {
    expect(from).toBe(this.#next);
    for (let row = from; row < to; row++) {
      const start = tapStart[row] ?? 0;
      this.matched.push([...taps.subarray(start, start + (tapCount[row] ?? 0))].toSorted((a, b) => a - b));
    }
    this.#next = to;
  }

  turn(): void {
    this.#next = 0;
  }
}

test.each(TARGETS)("%s: frames of several link types are judged by their own filters, in order", async (target) => {
  const asked: number[] = [];
  const passFilters: PassFilters = {
    count: 3,
    mode: "tap",
    target,
    compile(linkType) {
      asked.push(linkType);
      return filtersFor(linkType);
    },
  };
  const collect = new Collect();
  const pass = new Pass(passFilters);
  await pass.run(Readable.from([build()]), collect);
  expect(pass.capture.packets).toBe(FRAMES);
  expect(asked.toSorted()).toEqual([1, 113]);
  const expected = Array.from({ length: FRAMES }, (_, index) => accepts(linkTypeOf(index), payload(index % 13, index)));
  expect(collect.matched).toEqual(expected);
});

test("a text that is refused for a link type ends the pass when the first such frame comes", async () => {
  const passFilters: PassFilters = {
    count: 3,
    mode: "tap",
    compile(linkType) {
      if (linkType === 113) throw new Error("not for 113");
      return filtersFor(linkType);
    },
  };
  await expect(new Pass(passFilters).run(Readable.from([build()]), new Collect())).rejects.toThrow("not for 113");
  const one = new PcapngBuilder()
    .section()
    .interface()
    .interface({ linkType: 113 })
    .enhanced({ octets: payload(4) });
  await new Pass(passFilters).run(Readable.from([one.octets]), new Collect());
});

test("more programs than there is room for are refused", async () => {
  const builder = new PcapngBuilder().section();
  for (let type = 0; type < 400; type++) builder.interface({ linkType: type });
  for (let type = 0; type < 400; type++) builder.enhanced({ octets: payload(4), interface: type });
  const passFilters: PassFilters = { count: 3, mode: "tap", compile: () => filtersFor(1) };
  await expect(new Pass(passFilters).run(Readable.from([builder.octets]), new Collect())).rejects.toThrow(
    /no room for the filters of \d+ link types/,
  );
});
