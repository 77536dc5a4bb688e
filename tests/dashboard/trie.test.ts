/** The merged trie, stages, targets and claims on the page: with the real server, and with what it rarely shows. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Filter } from "../../src/dpf/atom.js";
import { compileText } from "../../src/filter/filter.js";
import { complaints, launch, write } from "./chromium.js";
import { missing } from "./served.js";
import { Simulator } from "./simulator.js";
import { FILTERS, traffic } from "./traffic.js";
import { OUTPUT, PATIENCE, VIEWPORT, Visit } from "./visit.js";

const skipped = missing === undefined ? "" : ` (skipped: ${missing} is not built)`;

const pills = (page: Page, kind: string) => page.locator(`.pill.${kind}`);
const show = (page: Page, hash: string) => page.evaluate((to) => (location.hash = to), hash);
const live = (page: Page) => page.locator(".frame[data-connection=live]").waitFor(PATIENCE);
const twoFrames = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

async function bindNew(page: Page, name: string, text: string): Promise<void> {
  await show(page, "filters");
  await page.getByTestId("filter-name").fill(name);
  await write(page, text);
  await page.getByTestId("filter-bind").click();
  await page.getByTestId(`filter-row-${name}`).waitFor(PATIENCE);
}

describe.skipIf(missing !== undefined)(`the trie of the real server${skipped}`, () => {
  const visit = new Visit("trie");
  let page: Page;
  let found: string[];

  beforeAll(async () => {
    writeFileSync(join(visit.folder, "kinds.pcap"), traffic(3_000, 2_000).file);
    ({ page, found } = await visit.begin());
  });

  afterAll(() => visit.end());

  test("without filters the page says what to do, and leads there", async () => {
    await show(page, "trie");
    await page.getByText("No filter is bound").waitFor(PATIENCE);
    await page.getByRole("button", { name: "Write a filter" }).click();
    await page.getByTestId("filter-name").waitFor(PATIENCE);
  });

  test("a filter that is bound is drawn: fields as columns, its name where it ends", async () => {
    await bindNew(page, "dns", FILTERS.dns.dpf);
    await bindNew(page, "web", FILTERS.web.dpf);
    await show(page, "trie");
    await expect.poll(() => pills(page, "ends").allTextContents(), PATIENCE).toEqual(expect.arrayContaining(["dns"]));
    expect(await page.locator(".trie-head").allTextContents()).toEqual(expect.arrayContaining(["12:16", "23:8"]));
    await expect.poll(() => page.getByTestId("trie-totals").getAttribute("data-filters"), PATIENCE).toBe("2");
  });

  test("pointing at an end lights its way alone and says it in words; a click opens the filter", async () => {
    const end = pills(page, "ends").filter({ hasText: "dns" }).first();
    await end.hover();
    const detail = page.getByTestId("trie-detail");
    await expect.poll(() => detail.textContent(), PATIENCE).toMatch(/^12:16 == 0x0800 && .*23:8 == 0x11.*here: dns$/);
    expect(await page.locator(".trie-edge.lit").count()).toBeGreaterThan(2);
    expect(await pills(page, "dim").count()).toBeGreaterThan(0);
    await page.screenshot({ path: join(OUTPUT, "trie-way.png") });
    await end.click();
    await expect.poll(() => new URL(page.url()).hash, PATIENCE).toBe("#filters/dns");
  });

  test("stages stand behind tabs, which the keys reach, with size and time; the address keeps them", async () => {
    await page.getByTestId("stage-tab-vcode").click();
    await expect.poll(() => page.getByTestId("stage-text").textContent(), PATIENCE).toContain("v_lambda f0");
    expect(await page.getByTestId("stage-tab-vcode").textContent()).toMatch(/VCODE[\d.]+ k?B · [\d.]+ ms/);
    await page.getByTestId("stage-tab-vcode").press("ArrowRight");
    await expect.poll(() => page.getByTestId("stage-text").textContent(), PATIENCE).toContain('"use strict"');
    await expect.poll(() => new URL(page.url()).hash, PATIENCE).toBe("#filters/dns/js");
    await page.reload();
    await expect.poll(() => page.getByTestId("stage-text").textContent(), PATIENCE).toContain('"use strict"');
    await page.getByTestId("stage-tab-text").click();
    await page.locator(".cm-content").waitFor(PATIENCE);
  });

  test("target and shadow are switched while it plays, and no packet is judged otherwise", async () => {
    await page.getByTestId("capture-input").setInputFiles(join(visit.folder, "kinds.pcap"));
    await page.locator("[data-testid=replay-state][data-state=playing]").waitFor(PATIENCE);
    await show(page, "trie");
    const running = (target: string, shadow: string) =>
      page.locator(`[data-testid=target][data-target="${target}"][data-shadow="${shadow}"]`).waitFor(PATIENCE);
    await page.getByTestId("target-choice").selectOption("interpreter");
    await running("interpreter", "");
    await page.getByTestId("shadow-choice").selectOption("js");
    await running("interpreter", "js");
    // A shadow that becomes the target shadows nothing.
    await page.getByTestId("target-choice").selectOption("js");
    await running("js", "");
    expect(await page.getByTestId("books").getAttribute("data-balanced")).toBe("true");
    expect(await page.getByTestId("disagreements").count()).toBe(0);
  });

  test("heat is switched on and off", async () => {
    const heat = page.getByTestId("heat");
    await heat.click();
    await expect.poll(() => heat.getAttribute("aria-pressed"), PATIENCE).toBe("true");
    await pills(page, "node").first().hover();
    await expect.poll(() => page.getByTestId("trie-detail").textContent(), PATIENCE).toContain("entered");
    await heat.click();
    await expect.poll(() => heat.getAttribute("aria-pressed"), PATIENCE).toBe("false");
  });

  test("a claim is told whom it meets before it is bound, is bound, and an identical one is refused", async () => {
    const claim = async (name: string) => {
      await show(page, "filters");
      await page.getByTestId("filter-name").fill(name);
      await write(page, FILTERS.dns.dpf);
      await page.getByTestId("bind-as-claim").click();
    };
    await claim("first-claim");
    await page.locator("[data-testid=overlaps][data-total='0']").waitFor(PATIENCE);
    await page.getByTestId("filter-bind").click();
    // The row is there once the text is stored; who is met is known once it is bound.
    await page.locator(".notice").getByText("first-claim is bound as a claim").waitFor(PATIENCE);
    await claim("second-claim");
    const met = page.getByTestId("overlap-first-claim");
    await met.waitFor(PATIENCE);
    expect([await met.getAttribute("data-relation"), await met.getAttribute("data-wins")]).toEqual([
      "identical",
      "old",
    ]);
    await page.getByTestId("claim-priority").fill("3");
    await page.locator("[data-testid=overlap-first-claim][data-wins=new]").waitFor(PATIENCE);
    await page.getByTestId("claim-priority").fill("0");
    await page.locator("[data-testid=overlap-first-claim][data-wins=old]").waitFor(PATIENCE);
    await page.screenshot({ path: join(OUTPUT, "claim-overlap.png") });
    await page.getByTestId("filter-bind").click();
    await expect
      .poll(() => page.getByTestId("filter-error").textContent(), PATIENCE)
      .toMatch(/It is stored, and not bound.*could never receive/);
  });

  test("the page had nothing to complain of", () => expect(found).toEqual([]));
});

function filter(text: string): Filter {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok) throw new Error(`${text}: ${compiled.errors[0]?.message}`);
  return compiled.filter;
}

describe.skipIf(missing !== undefined)(`the trie of a simulated appliance${skipped}`, () => {
  const MANY = 10_000;
  let browser: Browser;
  let page: Page;
  let simulator: Simulator;
  let found: string[];

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    simulator = new Simulator("dist/dashboard");
    page = await browser.newPage({ viewport: VIEWPORT, colorScheme: "light" });
    found = complaints(page);
  });
  afterEach(async () => {
    await page.close();
    await simulator.stop();
    expect(found).toEqual([]);
  });

  /** Connections of one form, and a few filters of other forms. */
  function bindMany(connections: number): void {
    const texts = [
      FILTERS.web.dpf,
      FILTERS.dns.dpf,
      "12:16 == 0x0806",
      ...Array.from({ length: connections }, (_, index) => {
        const address = `10.${index >> 8}.${index & 255}.7`;
        return `12:16 == 0x0800 && 23:8 == 6 && 26:32 == ${address} && 34:16 == ${1024 + (index % 5000)}`;
      }),
    ];
    texts.forEach((text, index) => {
      const { id } = simulator.addBinding(index < 3 ? `form-${index}` : `connection-${index}`, 0);
      simulator.classifier.insert(id, filter(text), "tap", 0, 0);
    });
    simulator.classifier.update();
  }

  const enter = async (hash: string) => {
    await page.goto(await simulator.start());
    await live(page);
    await show(page, hash);
  };

  test(`${MANY} filters are folded, open a part at a time, and go back`, async () => {
    bindMany(MANY);
    await enter("trie");
    const folded = pills(page, "folded");
    await expect.poll(() => folded.first().textContent(), PATIENCE).toContain("10\u202f000");
    expect(await page.locator(".pill").count()).toBeLessThan(60);
    await page.screenshot({ path: join(OUTPUT, "trie-folded.png") });
    await folded.first().click();
    await pills(page, "more").filter({ hasText: "9\u202f900 more" }).click();
    await pills(page, "more").filter({ hasText: "100 before" }).waitFor(PATIENCE);
    expect(await pills(page, "ends").first().textContent()).toContain("connection-103");
    expect(await page.locator("#main").evaluate((main) => main.scrollTop)).toBe(0);
    await twoFrames(page);
    await page.screenshot({ path: join(OUTPUT, "trie-opened.png") });
    await page.getByRole("navigation", { name: "Place in the trie" }).getByText("every packet").click();
    await expect.poll(() => folded.count(), PATIENCE).toBe(1);
    await page.goBack();
    await pills(page, "more").filter({ hasText: "100 before" }).waitFor(PATIENCE);
  });

  test("a place that is gone is said, and the root is one click away", async () => {
    bindMany(1);
    await enter("trie/777.0");
    await page.getByText("This place of the trie is gone").waitFor(PATIENCE);
    await page.getByRole("button", { name: "To the root" }).click();
    await expect.poll(() => pills(page, "ends").count(), PATIENCE).toBeGreaterThan(3);
    expect(await page.getByText("This place of the trie is gone").count()).toBe(0);
  });

  test("with heat edges are as thick as they are hot", async () => {
    bindMany(40);
    await enter("trie");
    const widths = () =>
      page
        .locator(".trie-edge")
        .evaluateAll((edges) => edges.map((edge) => Number.parseFloat((edge as SVGElement).style.strokeWidth)));
    await expect.poll(async () => new Set(await widths()).size, PATIENCE).toBe(1);
    await page.getByTestId("heat").click();
    await expect.poll(async () => Math.max(...(await widths())), PATIENCE).toBeGreaterThan(5);
    await pills(page, "node").nth(1).hover();
    await expect
      .poll(() => page.getByTestId("trie-detail").textContent(), PATIENCE)
      .toMatch(/entered [\d\u202f]+ times, [\d.]+ k?pps/);
    await page.screenshot({ path: join(OUTPUT, "trie-heat.png") });
  });

  test("the arrow keys walk the tree, and do not step the replay", async () => {
    bindMany(40);
    simulator.addCapture("demo.pcap");
    Object.assign(simulator.replay, { state: "paused", captures: ["demo.pcap"], epoch: 1 });
    await enter("trie");
    await pills(page, "node").first().focus();
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    const seen = [await focused()];
    for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "End", "Home"]) {
      await page.keyboard.press(key);
      seen.push(await focused());
    }
    expect(seen[0]).toBe("every packet");
    expect(seen[1]).toBe(seen[3]);
    expect(new Set(seen.slice(0, 3)).size).toBe(3);
    expect(seen.at(-1)).toBe("every packet");
    expect(simulator.replay.packet).toBe(0);
    const folded = pills(page, "folded").first();
    await folded.focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.url(), PATIENCE).toContain("#trie/");
  });

  test("a claim's overlaps are in words, with the packet, whose decisive octets are lit", async () => {
    const claim = simulator.addBinding("listener", 0, "claim");
    simulator.overlaps = {
      total: 23,
      overlaps: (["inside", "contains", "partial", "unknown"] as const).map((relation, index) => ({
        binding: claim.id + index,
        name: index === 0 ? "listener" : `<b>claim-${index}</b>`,
        environment: 0,
        priority: index,
        relation,
        wins: (["new", "depends", "old", "depends"] as const)[index] ?? "old",
        witness: relation === "unknown" ? null : `${"00".repeat(12)}0800450000280000400040060000`,
        facts: { wire: 1500 },
        decisive: [12, 13, 23],
      })),
    };
    await enter("filters");
    await page.getByTestId("filter-name").fill("web");
    await write(page, "12:16 == 0x0800");
    await page.getByTestId("bind-as-claim").click();
    await page.locator("[data-testid=overlaps][data-total='23']").waitFor(PATIENCE);
    const listener = page.getByTestId("overlap-listener");
    expect(await listener.textContent()).toContain("the new claim gets what both match");
    expect(await listener.locator(".octets-line > .lit").allTextContents()).toEqual(["08", "00", "06"]);
    await page.screenshot({ path: join(OUTPUT, "claim-witness.png") });
    expect(await page.getByTestId("overlaps").textContent()).toContain("and 19 more");
    expect(await page.locator(".overlaps li").nth(3).locator("details").count()).toBe(0);
  });

  test("a disagreement is told with both verdicts and the packet", async () => {
    const { id } = simulator.addBinding("web", 0, "claim");
    simulator.target = {
      ...simulator.target,
      shadow: "interpreter",
      disagreements: 1234,
      first: {
        epoch: 2,
        packet: 17,
        octets: "ff".repeat(40),
        wire: 60,
        link: 1,
        target: { winner: id, taps: [] },
        shadow: { winner: 0, taps: [id] },
      },
    };
    await enter("trie");
    const card = page.getByTestId("first-disagreement");
    await card.waitFor(PATIENCE);
    expect(await page.getByTestId("disagreements").textContent()).toBe("1\u202f234 packets judged differently");
    expect(await card.textContent()).toMatch(/first on packet 17 of epoch 2, of 60 octets on the wire and link type 1/);
    expect(await card.locator("dd").allTextContents()).toEqual(["web claims it", "nobody claims it, tapped by web"]);
    await page.screenshot({ path: join(OUTPUT, "trie-disagreement.png") });
  });

  test("light, dark, narrow: nothing is wider than the page", async () => {
    bindMany(300);
    simulator.addFilter("web", "true");
    simulator.heat = true;
    await enter("trie");
    for (const hash of ["trie", "filters/web/wat", "filters/web/vcode"]) {
      await show(page, hash);
      await page
        .locator(hash === "trie" ? ".pill.folded" : "[data-testid=stage-text]")
        .first()
        .waitFor(PATIENCE);
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        for (const [width, height] of [
          [1440, 900],
          [400, 860],
          [320, 700],
        ] as const) {
          await page.setViewportSize({ width, height });
          await twoFrames(page);
          await page.screenshot({ path: join(OUTPUT, `${hash.replaceAll("/", "-")}-${scheme}-${width}.png`) });
          expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
          expect(await page.locator("#main").evaluate((main) => main.scrollWidth <= main.clientWidth)).toBe(true);
        }
      }
    }
    expect(await page.locator("[data-testid=stage-text] b").count()).toBe(0);
  });
});
