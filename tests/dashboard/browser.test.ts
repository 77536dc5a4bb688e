/** The whole journey in a real browser, against the real server: what a newcomer does in the first minutes. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_TCPDUMP } from "../installed.js";
import { hold, write } from "./chromium.js";
import { missing } from "./served.js";
import { FILTERS, type Kind, traffic } from "./traffic.js";
import { OUTPUT, PATIENCE, Visit } from "./visit.js";

/** 9 s at capture speed: long enough to bind something while it plays. */
const PACKETS = 4_500;
const { file, kinds } = traffic(PACKETS, 2_000);

/** Packets of a kind from a packet number (from 1) on. */
function expected(kind: Kind, from = 1): number {
  return kinds.filter((one, index) => one === kind && index + 1 >= from).length;
}

function tcpdumpCount(path: string, expression: string): number {
  const options = { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] } as const;
  return execFileSync("tcpdump", ["-n", "-r", path, expression], options).split("\n").filter(Boolean).length;
}

describe.skipIf(missing !== undefined)(
  `the page in a browser${missing ? ` (skipped: ${missing} is not built)` : ""}`,
  () => {
    const visit = new Visit("page");
    const capture = join(visit.folder, "Three Kinds.pcap");
    let page: Page;
    let found: string[];

    beforeAll(async () => {
      writeFileSync(capture, file);
      ({ page, found } = await visit.begin());
    });

    afterAll(() => visit.end());

    const packetsOf = (name: string) => numberOf(page, `binding-row-${name}`, "data-packets");
    const place = () => numberOf(page, "replay-packet", "data-value");
    const rate = () => numberOf(page, "received-rate", "data-value");
    const state = (name: string) => page.locator(`[data-testid=replay-state][data-state=${name}]`).waitFor(PATIENCE);
    const show = (view: string) => page.locator(`.rail-link[href="#${view}"]`).click();

    test("the link opens the page and leaves the token nowhere", async () => {
      await page.locator(".frame[data-connection=live]").waitFor(PATIENCE);
      expect(page.url()).not.toContain("token");
      expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).not.toContain(
        "exo1",
      );
      await page.getByText("Drop a capture anywhere on this page.").waitFor(PATIENCE);
    });

    test("a capture goes in, is told of, and plays: the rate rises", async () => {
      await page.getByTestId("capture-input").setInputFiles(capture);
      await page.locator("[data-testid=upload][data-state=stored]").waitFor(PATIENCE);
      expect(await page.getByTestId("upload").textContent()).toContain("three-kinds.pcap");
      expect(await page.getByTestId("upload").textContent()).toMatch(/pcap, 4.500 packets, Ethernet/);
      await state("playing");
      await expect.poll(rate, PATIENCE).toBeGreaterThan(300);
    });

    test("a syntax error is told at its place while it plays", async () => {
      await show("filters");
      await page.getByTestId("filter-name").fill("dns-requests");
      await write(page, "# requests\n12:16 == 0x0800 &&\n  23:8 == seventeen");
      const error = page.getByTestId("filter-error");
      await error.waitFor(PATIENCE);
      expect([await error.getAttribute("data-line"), await error.getAttribute("data-column")]).toEqual(["3", "11"]);
      await expect.poll(() => page.locator(".cm-lintRange-error").textContent(), PATIENCE).toContain("s");
      expect(await page.locator(".cm-line").nth(2).locator(".cm-lintRange-error").count()).toBe(1);
      expect(await page.getByTestId("filter-bind").isDisabled()).toBe(true);
      await page.screenshot({ path: join(OUTPUT, "page-syntax-error.png") });
    });

    test("a filter bound while it plays counts every match from the packet that the answer names", async () => {
      await write(page, FILTERS.dns.dpf);
      await page.getByTestId("filter-error").waitFor({ ...PATIENCE, state: "detached" });
      const answered = page.waitForResponse((response) => response.request().method() === "PUT", PATIENCE);
      await page.getByTestId("filter-bind").click();
      const { from } = (await (await answered).json()) as { from: { packet: number } };
      await state("ended");
      await show("way");
      await expect.poll(() => packetsOf("dns-requests"), PATIENCE).toBe(expected("dns", from.packet));
    });

    test("a seek starts over, and the whole capture flat out gives the whole count", async () => {
      await show("filters");
      await page.getByRole("button", { name: "New", exact: true }).click();
      await page.getByTestId("filter-name").fill("web");
      await write(page, FILTERS.web.dpf);
      // Whoever goes elsewhere before it is bound stays there.
      const put = await hold(page, "**/api/v1/filters/web.dpf");
      await page.getByTestId("filter-bind").click();
      await put.asked;
      await show("way");
      await put.letGo();
      await page.getByTestId("binding-row-web").waitFor(PATIENCE);
      expect(await packetsOf("web")).toBe(0);
      await page.getByTestId("replay-speed").selectOption("max");
      await page.getByTestId("replay-play").click();
      await expect.poll(() => packetsOf("web"), PATIENCE).toBe(expected("web"));
      await state("ended");
    });

    test.skipIf(!HAS_TCPDUMP)(
      `that is tcpdump's, too${HAS_TCPDUMP ? "" : " (skipped: tcpdump is not installed)"}`,
      async () => {
        expect(await packetsOf("web")).toBe(tcpdumpCount(capture, FILTERS.web.pcap));
      },
    );

    test("pause holds it, a click on the timeline seeks", async () => {
      await page.getByTestId("replay-speed").selectOption("1");
      await page.getByTestId("replay-play").click();
      await state("playing");
      await page.getByTestId("replay-pause").click();
      await state("paused");
      await expect.poll(rate, PATIENCE).toBe(0);
      const held = await place();
      const box = await page.getByTestId("timeline").boundingBox();
      if (box === null) throw new Error("the timeline has no box");
      await page.mouse.click(box.x + box.width * 0.75, box.y + box.height / 2);
      await expect
        .poll(async () => Number(await page.getByTestId("timeline").getAttribute("aria-valuenow")), PATIENCE)
        .toBe(75);
      await page.mouse.move(0, 0);
      expect(held).toBeLessThan(PACKETS);
      await page.getByTestId("replay-step").click();
      await expect.poll(place, PATIENCE).toBeGreaterThan(PACKETS * 0.74);
      expect(await place()).toBeLessThan(PACKETS * 0.76);
    });

    test("the books balance", async () => {
      expect(await page.getByTestId("books").getAttribute("data-balanced")).toBe("true");
      await page.getByTestId("books").click();
      await page.getByRole("dialog", { name: "The books" }).waitFor(PATIENCE);
      await page.keyboard.press("Escape");
    });

    test("light, dark, narrow: nothing is wider than the page", async () => {
      await page.getByTestId("replay-play").click();
      await expect.poll(rate, PATIENCE).toBeGreaterThan(100);
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        for (const [width, height] of [
          [1440, 900],
          [400, 860],
        ] as const) {
          await page.setViewportSize({ width, height });
          // Two frames: charts and tables follow the size of their place.
          await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          await page.screenshot({ path: join(OUTPUT, `page-${scheme}-${width}.png`) });
          expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
        }
      }
    });

    test("the page had nothing to complain of", () => expect(found).toEqual([]));
  },
);

async function numberOf(page: Page, hook: string, attribute: string): Promise<number> {
  return Number(await page.getByTestId(hook).getAttribute(attribute));
}
