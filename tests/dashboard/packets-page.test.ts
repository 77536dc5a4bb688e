/** Looking into a capture in a real browser, against the real server: packets, fields, octets, filters and why they match. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hold, write } from "./chromium.js";
import { missing } from "./served.js";
import { record, traffic } from "./traffic.js";
import { OUTPUT, PATIENCE, Visit } from "./visit.js";

const PACKETS = 100_000;
const SPACING = 20;
const { file, kinds } = traffic(PACKETS, SPACING);
const WEB = kinds.filter((kind) => kind === "web").length;
const FIRST_DNS = kinds.indexOf("dns") + 1;
const MARKUP = '<img src=x onerror="window.hurt=1">';
/** The last packet is an HTTP request with markup in it, of which only a part was captured. */
const LAST = PACKETS + 1;

function lastRecord(): Buffer {
  const frame = Buffer.from(file.subarray(24 + 16, 24 + 16 + 54));
  const request = Buffer.from(`GET /${MARKUP} HTTP/1.1\r\n`);
  frame.writeUInt16BE(40 + 1000, 16);
  return record(Buffer.concat([frame, request]), PACKETS * SPACING, 1054);
}

describe.skipIf(missing !== undefined)(
  `packets in a browser${missing ? ` (skipped: ${missing} is not built)` : ""}`,
  () => {
    const visit = new Visit("packets");
    const capture = join(visit.folder, "three.pcap");
    let page: Page;
    let found: string[];

    beforeAll(async () => {
      writeFileSync(capture, Buffer.concat([file, lastRecord()]));
      ({ page, found } = await visit.begin());
    });

    afterAll(() => visit.end());

    const hash = () => new URL(page.url()).hash;
    const row = (number: number) => page.getByTestId(`packet-row-${number}`);
    const lit = () =>
      page
        .locator(".octets-line > .lit")
        .evaluateAll((all) => all.map((one) => Number(one.getAttribute("data-octet"))));
    const litFields = () =>
      page.locator("[data-lit=true]").evaluateAll((all) => all.map((one) => one.getAttribute("data-testid")));
    const detail = (number: number) =>
      page.locator(`[data-testid=packet-detail][data-number="${number}"][aria-busy=false]`).waitFor(PATIENCE);
    const matches = async () => {
      const answer = page.locator("[data-testid=matches-answer][data-stale=false]");
      await answer.waitFor(PATIENCE);
      return [Number(await answer.getAttribute("data-matches")), Number(await answer.getAttribute("data-packets"))];
    };

    test("without a capture the view says what to do, and its button does it", async () => {
      await page.keyboard.press("7");
      await page.locator(".empty-title", { hasText: "No capture is stored yet." }).waitFor(PATIENCE);
      await page.getByTestId("packets-capture-input").setInputFiles(capture);
      await expect
        .poll(() => page.getByTestId("packets-count").getAttribute("data-count"), PATIENCE)
        .toBe(String(LAST));
    });

    test("a hundred thousand packets are listed, and few rows exist", async () => {
      await expect.poll(() => row(1).textContent(), PATIENCE).toContain("10.9.0.0.1024 > 10.9.0.80.80");
      expect(await page.locator("[data-testid^=packet-row-]").count()).toBeLessThan(80);
      await page.getByTestId("packet-list").evaluate((list) => list.scrollTo(0, list.scrollHeight));
      await expect.poll(() => row(LAST).textContent(), PATIENCE).toContain("10.9.0.80.80");
      expect(await page.locator("[data-testid^=packet-row-]").count()).toBeLessThan(80);
    });

    test("a number is gone to, and stands in the address; arrows go on from there", async () => {
      await page.keyboard.press("/");
      await page.keyboard.type("50000");
      await page.keyboard.press("Enter");
      await detail(50_000);
      await expect.poll(hash, PATIENCE).toBe("#packets/three.pcap/50000");
      await expect.poll(() => row(50_000).getAttribute("aria-selected"), PATIENCE).toBe("true");
      await page.getByTestId("packet-list").focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await detail(50_002);
      await page.keyboard.press("Home");
      await detail(1);
      await expect.poll(hash, PATIENCE).toBe("#packets/three.pcap/1");
    });

    test("a field lights its octets, an octet its field, under the pointer", async () => {
      await page.getByTestId("field-ip.src").hover();
      await expect.poll(lit, PATIENCE).toEqual([26, 27, 28, 29]);
      expect(await page.getByTestId("octets-words").textContent()).toContain("octets 26–29");
      await page.locator(".octets-line > [data-octet='37']").hover();
      await expect.poll(litFields, PATIENCE).toEqual(["field-tcp.dstport"]);
      expect(await lit()).toEqual([36, 37]);
    });

    test("and with the keys alone", async () => {
      await page.mouse.move(0, 0);
      await page.getByTestId("packet-list").focus();
      await page.keyboard.press("Enter");
      // The focus follows a frame later: whoever types sees it move.
      const focused = (name: string) => page.evaluate((of) => document.activeElement?.getAttribute(of) ?? "", name);
      await expect.poll(() => focused("role"), PATIENCE).toMatch(/^tree/);
      await page.keyboard.press("ArrowDown");
      await expect.poll(lit, PATIENCE).toEqual([0, 1, 2, 3, 4, 5]);
      // Fold Ethernet, and go to what is beneath it.
      await page.keyboard.press("ArrowLeft");
      await expect.poll(() => focused("aria-expanded"), PATIENCE).toBe("true");
      await page.keyboard.press("ArrowLeft");
      await expect.poll(() => page.getByTestId("field-eth.dst").count(), PATIENCE).toBe(0);
      await page.keyboard.press("ArrowRight");
      await page.getByTestId("octets").focus();
      for (let step = 0; step < 7; step++) await page.keyboard.press("ArrowRight");
      await expect.poll(litFields, PATIENCE).toEqual(["field-eth.src"]);
      await page.keyboard.press("ArrowDown");
      await expect.poll(litFields, PATIENCE).toEqual(["field-ip.proto"]);
    });

    test("a field becomes a new pcap-filter text, which is told what it matches before it is bound", async () => {
      await page.getByTestId("field-tcp.dstport").hover();
      await page.getByTestId("filter-by-tcp.dstport").click();
      await expect.poll(() => page.locator(".cm-content").textContent(), PATIENCE).toBe("tcp dst port 80");
      await expect.poll(hash, PATIENCE).toBe("#filters");
      expect(await page.getByTestId("language-pcap-filter").getAttribute("aria-pressed")).toBe("true");
      expect(await page.getByTestId("filter-name").inputValue()).toBe("tcp-dst-port-80");
      expect(await matches()).toEqual([WEB + 1, LAST]);
      expect(await page.getByTestId("sample").count()).toBe(3);
      await page.screenshot({ path: join(OUTPUT, "packets-matches.png") });
    });

    test("what it matches follows the typing, in either language, and is silent where the text is wrong", async () => {
      await write(page, "udp dst port 53 and");
      await page.getByTestId("filter-error").waitFor(PATIENCE);
      expect(await page.getByTestId("matches-answer").count()).toBe(0);
      expect(await page.getByTestId("sample").count()).toBe(0);
      await write(page, "arp");
      await page.getByTestId("filter-error").waitFor({ ...PATIENCE, state: "detached" });
      const arp = kinds.filter((kind) => kind === "arp").length;
      await expect.poll(matches, PATIENCE).toEqual([arp, LAST]);
      await page.getByTestId("language-dpf").click();
      await page.getByTestId("filter-error").waitFor(PATIENCE);
      await write(page, "12:16 == 0x0806");
      await page.getByTestId("filter-error").waitFor({ ...PATIENCE, state: "detached" });
      await expect.poll(matches, PATIENCE).toEqual([arp, LAST]);
    });

    test("a sample leads to its packet", async () => {
      await page.getByTestId("sample").first().click();
      const number = kinds.indexOf("arp") + 1;
      await detail(number);
      await expect.poll(hash, PATIENCE).toBe(`#packets/three.pcap/${number}`);
      await expect.poll(() => row(number).textContent(), PATIENCE).toContain("ARP");
    });

    test("a filter by another field makes room, and the text that was written can be put back", async () => {
      await page.keyboard.press("/");
      await page.keyboard.type(String(FIRST_DNS));
      await page.keyboard.press("Enter");
      await detail(FIRST_DNS);
      await page.getByTestId("field-udp.dstport").click();
      await page.keyboard.press("f");
      await expect.poll(() => page.locator(".cm-content").textContent(), PATIENCE).toBe("udp dst port 53");
      await page.getByRole("button", { name: "Put it back" }).click();
      await expect.poll(() => page.locator(".cm-content").textContent(), PATIENCE).toBe("12:16 == 0x0806");
      expect(await page.getByTestId("language-dpf").getAttribute("aria-pressed")).toBe("true");
    });

    test("both languages are stored; the page lists only what a filter matches, to the last", async () => {
      await page.getByTestId("language-pcap-filter").click();
      await write(page, "tcp dst port 80");
      await page.getByTestId("filter-name").fill("web");
      await page.getByTestId("filter-error").waitFor({ ...PATIENCE, state: "detached" });
      await page.getByTestId("filter-bind").click();
      await page.locator(".fixed-name", { hasText: "web" }).waitFor(PATIENCE);
      expect(await page.getByLabel("Filter text, pcap-filter").count()).toBe(1);
      await page.evaluate((to) => (location.hash = to), `packets/three.pcap/${FIRST_DNS}/web`);
      await expect.poll(() => row(1).count(), PATIENCE).toBe(1);
      expect(await row(FIRST_DNS).count()).toBe(0);
      await page.getByTestId("packets-jump").fill(String(PACKETS - 3));
      await page.keyboard.press("Enter");
      await expect.poll(() => row(LAST).count(), PATIENCE).toBe(1);
      await expect
        .poll(() => page.getByTestId("packets-count").textContent(), PATIENCE)
        .toMatch(/from number 99.997 on, of 100.001/);
    });

    test("another filter's packets are listed from the first, whatever was listed before", async () => {
      await page.evaluate(async (text) => {
        await fetch("api/v1/filters/arp.dpf?bind=no", {
          method: "PUT",
          headers: { "content-type": "text/plain" },
          body: text,
        });
      }, "12:16 == 0x0806");
      await page.getByTestId("packets-filter").selectOption("arp");
      await row(kinds.indexOf("arp") + 1).waitFor(PATIENCE);
      await page.getByTestId("packets-filter").selectOption("web");
      await row(1).waitFor(PATIENCE);
      expect(await row(FIRST_DNS).count()).toBe(0);
    });

    test("the matching packets are saved as a capture", async () => {
      const saved = page.waitForEvent("download", PATIENCE);
      await page.getByTestId("save-matching").click();
      const download = await saved;
      expect(download.suggestedFilename()).toBe("three.web.pcap");
      expect(countRecords(readFileSync(await download.path()))).toBe(WEB + 1);
    });

    test("why a filter does not match a packet: the primitive and the atom that fail, and the octets that they read", async () => {
      await page.evaluate((to) => (location.hash = to), `packets/three.pcap/${FIRST_DNS}`);
      await detail(FIRST_DNS);
      await page.getByTestId("packet-explain").click();
      await expect.poll(hash, PATIENCE).toBe(`#packets/three.pcap/${FIRST_DNS}//explain`);
      await page.getByTestId("explain-web").click();
      const walk = page.locator("[data-testid=walk][data-filter=web]");
      await walk.waitFor(PATIENCE);
      expect(await walk.getAttribute("data-matches")).toBe("false");
      await expect.poll(hash, PATIENCE).toBe(`#packets/three.pcap/${FIRST_DNS}//explain/web`);
      expect(await page.getByTestId("explain-winner").textContent()).toContain("No filter matches.");
      await expect.poll(() => page.getByTestId("marked-text").textContent(), PATIENCE).toContain("tcp dst port 80");
      expect(await page.getByTestId("term").first().getAttribute("data-outcome")).toBe("false");
      const failing = page.locator("[data-testid=atom][data-outcome=differs] button").first();
      await failing.hover();
      await expect.poll(lit, PATIENCE).toEqual([23]);
      await page.screenshot({ path: join(OUTPUT, "packets-explain.png") });
    });

    test("why another one does, and who would get it", async () => {
      await page.evaluate((to) => (location.hash = to), "packets/three.pcap/1//explain/web");
      await page.locator("[data-testid=explained][data-number='1'][data-winner=web]").waitFor(PATIENCE);
      expect(await page.locator("[data-testid=term]").first().getAttribute("data-outcome")).toBe("true");
      expect(await page.locator("[data-testid=conjunction]").first().getAttribute("data-matches")).toBe("true");
      await page.locator("[data-testid=term]").first().focus();
      await expect.poll(async () => (await lit()).includes(37), PATIENCE).toBe(true);
    });

    test("what is held is lit though the pointer rests elsewhere, and is not lost to what comes later", async () => {
      await page.evaluate(async () => {
        const headers = { "content-type": "text/plain" };
        await fetch("api/v1/filters/inner.pcap-filter?bind=no", {
          method: "PUT",
          headers,
          body: "( tcp dst port 80 )",
        });
      });
      await page.evaluate((to) => (location.hash = to), "packets/three.pcap/1//explain");
      const term = page.getByTestId("term").first();
      const ofTerm = async () => (await lit()).includes(37);
      const atom = page.getByTestId("atom").locator("button").first();
      await page.getByTestId("explain-inner").focus(PATIENCE);
      await atom.hover();
      await expect.poll(lit, PATIENCE).toEqual([12, 13]);
      await term.focus();
      await expect.poll(ofTerm, PATIENCE).toBe(true);
      // The pointer counts again when it moves.
      await page.getByTestId("atom").locator("button").nth(1).hover();
      await expect.poll(ofTerm, PATIENCE).toBe(false);
      await page.mouse.move(0, 0);
      // In focus before the page has been painted with what was chosen.
      const kept = await page.evaluate(async () => {
        document.querySelector<HTMLElement>("[data-testid=explain-web]")?.click();
        await Promise.resolve();
        const chosen = location.hash;
        document.querySelector<HTMLElement>("[data-testid=term]")?.focus();
        await new Promise((done) => setTimeout(done, 300));
        return chosen;
      });
      expect(kept).toBe("#packets/three.pcap/1//explain/web");
      expect(await ofTerm()).toBe(true);
      // The text comes later than what stands in it.
      const text = await hold(page, "**/api/v1/filters/inner");
      await page.getByTestId("explain-inner").click();
      await page.locator("[data-testid=walk][data-filter=inner]").waitFor(PATIENCE);
      await term.focus();
      await expect.poll(ofTerm, PATIENCE).toBe(true);
      await text.letGo();
      await expect.poll(() => page.getByTestId("marked-text").textContent(), PATIENCE).toContain("( ");
      expect(await term.evaluate((button) => button === document.activeElement)).toBe(true);
      expect(await ofTerm()).toBe(true);
    });

    test("the filter that is being written is explained, too", async () => {
      await page.evaluate((to) => (location.hash = to), "filters");
      await write(page, "icmp or arp");
      await page.evaluate((to) => (location.hash = to), "packets/three.pcap/1//explain");
      await page.getByTestId("explain-(text)").click();
      await page.locator("[data-testid=walk][data-filter='(text)'][data-matches=false]").waitFor(PATIENCE);
      await expect.poll(() => page.getByTestId("marked-text").textContent(), PATIENCE).toContain("icmp");
      expect(await page.getByTestId("term").count()).toBe(2);
    });

    test("a packet that was cut says so, and what it holds stays text", async () => {
      await page.evaluate((to) => (location.hash = to), `packets/three.pcap/${LAST}`);
      await detail(LAST);
      await page.getByText(/cut: \d+ of them were captured/).waitFor(PATIENCE);
      await expect.poll(() => page.locator(".octets-text").allTextContents(), PATIENCE).not.toHaveLength(0);
      const text = (await page.locator(".octets-text").allTextContents()).join("");
      expect(text).toContain(MARKUP);
      expect(await page.evaluate(() => [document.images.length, "hurt" in window])).toEqual([0, false]);
    });

    test("a packet, a capture and a filter that are not there are told", async () => {
      await page.evaluate((to) => (location.hash = to), `packets/three.pcap/${LAST + 5}`);
      await page.getByTestId("packet-error").waitFor(PATIENCE);
      await page.evaluate((to) => (location.hash = to), "packets/gone.pcap");
      await page.getByText("No capture of this name is stored.").waitFor(PATIENCE);
      await page.evaluate((to) => (location.hash = to), "packets/three.pcap//gone");
      await page.getByText("No filter is called gone.").waitFor(PATIENCE);
      await page.getByRole("button", { name: "Show all packets" }).click();
      await row(1).waitFor(PATIENCE);
    });

    test("light, dark, narrow: nothing is wider or higher than the page", async () => {
      for (const [view, hook] of [
        ["packets/three.pcap/1", "field-tcp.dstport"],
        ["packets/three.pcap/1//explain/web", "atom"],
        ["filters/web", "sample"],
      ] as const) {
        await page.evaluate((to) => (location.hash = to), view);
        await page.getByTestId(hook).first().waitFor(PATIENCE);
        for (const scheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme: scheme });
          for (const [width, height] of [
            [1440, 900],
            [400, 860],
            [360, 740],
          ] as const) {
            await page.setViewportSize({ width, height });
            await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
            await page.screenshot({ path: join(OUTPUT, `${view.replaceAll("/", "-")}-${scheme}-${width}.png`) });
            expect(await page.evaluate(beyond), `${view} at ${width}`).toEqual([]);
          }
        }
      }
    });

    test("the page had nothing to complain of", () => expect(found).toEqual([]));
  },
);

/** Things that reach beyond the page's right edge and stand in no scroller of their own; and the page itself, where it scrolls. */
function beyond(): string[] {
  const { scrollWidth, scrollHeight } = document.documentElement;
  const whole = scrollWidth > innerWidth || scrollHeight > innerHeight ? [`page ${scrollWidth} × ${scrollHeight}`] : [];
  const wide = [...document.querySelectorAll("main *")]
    .filter((element) => element.closest(".table, .hidden, .octets, .packet-scroller, .cm-editor, pre") === null)
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => `${element.tagName}.${element.className}`);
  return [...whole, ...wide];
}

/** Of a classic pcap in this machine's order. */
function countRecords(pcap: Buffer): number {
  let count = 0;
  for (let at = 24; at < pcap.length; at += 16 + pcap.readUInt32LE(at + 8)) count++;
  return count;
}
