/** The Handlers view in a real browser, against the real server: written, mended, bound, replaced, stepped, killed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hold } from "./chromium.js";
import { missing } from "./served.js";
import { OUTPUT, PATIENCE, Visit } from "./visit.js";

const CAPTURE = "captures/demo.pcap";

const COUNT = `import { array, type Message, pass, record, shape, table, u32, u64 } from "exonet/ash";

// Counts all messages, and those of each IPv4 source.
const seen = record({ packets: u64, octets: u64 });
const lengths = array(u32, 256);
const Source = shape({ packets: u64, last: u64 });
const sources = table(u32, Source, 1024);

export default function count(message: Message) {
  seen.packets += 1n;
  seen.octets += u64(message.length);
  lengths[message.length % 256] += 1;
  if (message.length >= 34 && message.u16(12) === 0x0800) {
    const source = sources.enter(message.u32(26));
    source.packets += 1n;
    source.last = message.time;
  }
  return pass;
}
`;
/** In line 10 a member that the record has not. */
const WRONG = COUNT.replace("seen.packets += 1n", "seen.packages += 1n");
/** The same state, and more messages counted for each. */
const DOUBLE = COUNT.replace("seen.packets += 1n", "seen.packets += 2n");
const OTHER_LAYOUT = COUNT.replace("octets: u64 }", "octets: u64, spare: u64 }");
/** Answers every message, and in line 8 reads an octet too far. */
const DEADLY = `import { consume, type Message, record, reply, u64 } from "exonet/ash";

const seen = record({ packets: u64 });

export default function deadly(message: Message) {
  const out = reply(message);
  out.send();
  seen.packets += u64(message.u8(message.length));
  return consume;
}
`;

describe.skipIf(missing !== undefined)(
  `handlers in a browser${missing ? ` (skipped: ${missing} is not built)` : ""}`,
  () => {
    const visit = new Visit("handlers");
    let page: Page;
    let found: string[];

    beforeAll(async () => {
      ({ page, found } = await visit.begin());
      await page.locator('.rail-link[href="#handlers"]').click();
    });

    afterAll(() => visit.end());

    const hash = () => new URL(page.url()).hash;
    const editor = () => page.locator("[data-testid=handler-editor] .cm-content");
    const write = async (text: string) => {
      await editor().click();
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.press("Delete");
      await page.keyboard.insertText(text);
      await page.keyboard.press("Escape");
    };
    const attribute = (id: string, name: string) => page.getByTestId(id).getAttribute(name);
    const right = () => page.getByTestId("handler-right").waitFor(PATIENCE);
    const seenPackets = async () => Number(await page.getByTestId("state-seen").locator("dd").first().textContent());
    const play = async () => {
      await api("PUT", "replays/current", { captures: ["demo.pcap"], speed: "max" });
    };
    const shoot = async (name: string) => {
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1440, 400, 360]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 900 });
          // A table drops the columns that have no room a frame later.
          await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          await unroll(page);
          await page.screenshot({ path: join(OUTPUT, `handlers-${name}-${colorScheme}-${width}.png`) });
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
          expect(await page.evaluate(widest), `${name} at ${width}`).toBeLessThanOrEqual(width);
        }
      }
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize({ width: 1440, height: 900 });
    };

    test("without any it says what to do", async () => {
      await page.getByText("No handler yet: write one here, or send a file.").waitFor(PATIENCE);
      await api("PUT", "filters/every-packet.dpf", "true");
      await api("PUT", "captures/demo.pcap", readFileSync(CAPTURE));
      await shoot("none");
    });

    test("what is wrong stands at its line, with what it is", async () => {
      await page.getByTestId("handler-name").fill("count");
      await write(WRONG);
      await expect.poll(() => attribute("handler-errors", "data-line"), PATIENCE).toBe("10");
      expect(await page.getByTestId("handler-errors").textContent()).toContain("E_MEMBER");
      await page.locator("[data-testid=handler-editor] .cm-lintRange-error").waitFor(PATIENCE);
      expect(await page.getByTestId("handler-save").isDisabled()).toBe(true);
      expect(await page.getByTestId("run").isDisabled()).toBe(true);
      await shoot("error");
    });

    test("what is written outlives the view", async () => {
      await page.locator('.rail-link[href="#way"]').click();
      await page.locator('.rail-link[href="#handlers"]').click();
      await expect.poll(() => editor().textContent(), PATIENCE).toContain("seen.packages");
    });

    test("what may stand behind a dot is offered, and a name that is taken is imported", async () => {
      await write(COUNT.replace("  return pass;", "  "));
      await page.keyboard.press("ControlOrMeta+End");
      for (let line = 0; line < 2; line++) await page.keyboard.press("ArrowUp");
      await page.keyboard.press("End");
      await page.keyboard.type("message.");
      const offers = page.locator(".cm-tooltip-autocomplete li");
      await expect.poll(() => offers.count(), PATIENCE).toBeGreaterThan(10);
      expect(await offers.allTextContents()).toContain("vector(from: u32, length: u32, to: Octets, at: u32)");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Shift+Home");
      await page.keyboard.type("return consu");
      await offers.first().waitFor(PATIENCE);
      await page.waitForTimeout(150);
      await page.keyboard.press("Enter");
      await expect.poll(() => editor().textContent(), PATIENCE).toContain("u64, consume }");
      expect(await editor().textContent()).toContain("return consume");
    });

    test("mended, it is stored, and its stages can be looked at", async () => {
      await write(COUNT);
      await right();
      await page.getByTestId("handler-save").click();
      await page.getByTestId("handler-row-count").waitFor(PATIENCE);
      await expect.poll(hash, PATIENCE).toBe("#handlers/count");
      await page.getByTestId("stage-tab-vcode").click();
      await expect.poll(() => page.getByTestId("stage-text").textContent(), PATIENCE).toContain("v_adduli");
      await page.getByTestId("stage-tab-wat").click();
      await expect.poll(() => page.getByTestId("stage-text").textContent(), PATIENCE).toContain("(module");
      await expect.poll(hash, PATIENCE).toBe("#handlers/count/wat");
      await page.getByTestId("stage-tab-text").click();
    });

    test("a budget that cannot be is refused at its field; then it is bound", async () => {
      await dismiss(page);
      await page.getByTestId("handler-bind").click();
      await page.locator("input[name=fuel]").fill("0");
      await page.getByTestId("attach").click();
      await expect.poll(() => attribute("attach-problem", "data-field"), PATIENCE).toBe("fuel");
      await shoot("bind");
      await page.locator("input[name=fuel]").fill("2000");
      await page.getByTestId("attach").click();
      await page.getByTestId("bound").waitFor(PATIENCE);
      expect(await attribute("bound", "data-run")).toBe("0");
    });

    test("its counter moves, and what it used stands against its budget", async () => {
      await play();
      await expect.poll(async () => Number(await attribute("bound", "data-run")), PATIENCE).toBeGreaterThan(5000);
      await expect
        .poll(async () => Number(await attribute("handler-row-count", "data-run")), PATIENCE)
        .toBeGreaterThan(5000);
      expect(await page.locator(".fuel-budget").textContent()).toContain("budget 2.00 k");
      expect(await page.locator(".fuel-count").allTextContents()).not.toEqual([]);
      await expect.poll(seenPackets, PATIENCE).toBeGreaterThan(5000);
    });

    test("state is a table with pages, and can be held", async () => {
      const lengths = page.getByTestId("state-lengths");
      expect(await lengths.locator("tbody tr th").first().textContent()).toBe("0");
      await page.getByRole("button", { name: "lengths: rows after" }).click();
      await expect.poll(() => lengths.locator("tbody tr th").first().textContent(), PATIENCE).toBe("64");
      const sources = page.getByTestId("state-sources");
      expect(await sources.locator("thead th").allTextContents()).toEqual(["key", "packets", "last"]);
      await page.getByRole("button", { name: "Hex", exact: true }).first().click();
      expect(await sources.locator("tbody td").first().textContent()).toMatch(/^0x[0-9a-f]{8}$/);
      await page.getByRole("button", { name: "Hex", exact: true }).first().click();
      await shoot("bound");
    });

    test("a text of the same layout keeps its state, and one of another is refused if it must", async () => {
      const before = await seenPackets();
      await write(DOUBLE);
      await right();
      await page.getByTestId("handler-save").click();
      await expect.poll(() => attribute("state-kept", "data-kept"), PATIENCE).toBe("true");
      await expect.poll(seenPackets, PATIENCE).toBe(before);
      const checks = await hold(page, "**/api/v1/handlers/check");
      await write(OTHER_LAYOUT);
      await checks.asked;
      await page.getByTestId("state-keep").click();
      await page.getByTestId("handler-save").click();
      const refusal = page.getByTestId("handler-problem");
      await expect.poll(() => refusal.textContent(), PATIENCE).toContain("laid out");
      // A check of the text that comes after it does not take it away.
      const checked = page.waitForResponse("**/api/v1/handlers/check", PATIENCE);
      await checks.letGo();
      await (await checked).finished();
      await page.waitForTimeout(100);
      expect(await refusal.textContent()).toContain("laid out");
      await shoot("layout");
      await page.getByTestId("state-new").click();
      await page.getByTestId("handler-save").click();
      await expect.poll(() => attribute("state-kept", "data-kept"), PATIENCE).toBe("false");
      await expect.poll(seenPackets, PATIENCE).toBe(0);
    });

    test("a text that somebody else puts comes by itself", async () => {
      await api("PUT", "handlers/count.ash.ts", OTHER_LAYOUT.replace("// Counts", "// Elsewhere: counts"));
      await expect.poll(() => editor().textContent(), PATIENCE).toContain("// Elsewhere: counts");
      await right();
      await api("PUT", "handlers/count.ash.ts", OTHER_LAYOUT);
      await expect.poll(() => editor().textContent(), PATIENCE).not.toContain("Elsewhere");
    });

    test("it is stepped on a packet of the capture: line, instruction, register, fuel", async () => {
      await page.getByTestId("run-packet").fill("0");
      await page.getByTestId("run").click();
      expect(await page.getByTestId("run-problem").textContent()).toContain("counts from 1");
      await page.getByTestId("run-packet").fill("999999");
      await page.getByTestId("run").click();
      await expect.poll(() => page.getByTestId("run-problem").textContent(), PATIENCE).toContain("no packet");
      await page.getByTestId("run-packet").fill("100");
      await page.getByTestId("run").click();
      await expect.poll(() => attribute("trial", "data-outcome"), PATIENCE).toBe("pass");
      // Keys step it from the start.
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-testid")), PATIENCE)
        .toBe("step-vcode");
      const lit = () => page.locator("[data-testid=step-source] .cm-litLine").textContent();
      await page.getByTestId("step-line-after").click();
      await expect.poll(() => page.getByTestId("step-line").textContent(), PATIENCE).toBe("10");
      await expect.poll(lit, PATIENCE).toBe("  seen.packets += 1n;");
      // The same line of the editor's own text.
      const litBefore = () => page.locator("[data-testid=handler-editor] .cm-litLine").textContent();
      await expect.poll(litBefore, PATIENCE).toBe("  seen.packets += 1n;");
      const at = Number(await attribute("steps", "data-step"));
      await page.getByTestId("step-vcode").focus();
      await page.keyboard.press("ArrowRight");
      expect(await attribute("steps", "data-step")).toBe(String(at + 1));
      await page.keyboard.press("ArrowDown");
      await expect.poll(lit, PATIENCE).toContain("seen.octets");
      await page.keyboard.press("End");
      await expect.poll(lit, PATIENCE).toContain("return pass");
      expect(await page.locator(".step-line.lit").textContent()).toContain("v_ret");
      await page.keyboard.press("Home");
      expect(await attribute("steps", "data-step")).toBe("0");
      await page.locator("[data-testid=step-source] .cm-line", { hasText: "source.last" }).click();
      await expect.poll(lit, PATIENCE).toContain("source.last = message.time");
      await page.locator(".step-line:not(.never)", { hasText: "v_ldnusi" }).first().click();
      await expect.poll(() => page.getByTestId("step-value").textContent(), PATIENCE).toMatch(/^r\d+ = 2048 · 0x800$/);
      await shoot("step");
    });

    test("a packet that is looked at is handed over", async () => {
      await page.evaluate(() => (location.hash = "packets/demo.pcap/7"));
      await page.getByTestId("packet-run").click();
      await expect.poll(hash, PATIENCE).toBe("#handlers/count");
      expect(await page.getByTestId("run-packet").inputValue()).toBe("7");
      expect(await page.getByTestId("run-capture").inputValue()).toBe("demo.pcap");
    });

    test("octets that are none are told at their field, and others are run on", async () => {
      await page.getByTestId("run-on-octets").click();
      await page.getByTestId("run-octets").fill("02 0");
      await page.getByTestId("run").click();
      expect(await page.getByTestId("run-problem").textContent()).toContain("pairs of hex digits");
      await page.getByTestId("run-octets").fill("02 00 00:00");
      await page.getByTestId("run").click();
      await expect.poll(() => page.getByTestId("changes").textContent(), PATIENCE).toContain("lengths[4]01");
    });

    test("one that is killed again and again is unbound, and stepped on what killed it", async () => {
      await api("PUT", "trace", { levels: ["warning"] });
      await write(DEADLY);
      await right();
      await page.getByTestId("state-new").click();
      await page.getByTestId("handler-save").click();
      await expect.poll(() => attribute("state-kept", "data-kept"), PATIENCE).toBe("false");
      await play();
      await page.getByTestId("unbound").waitFor(PATIENCE);
      expect(await page.getByTestId("unbound").textContent()).toContain(
        "Unbound since it was killed 16 times in a row",
      );
      expect(await page.getByTestId("killed").textContent()).toContain("an offset beyond the message");
      await page.getByTestId("killer-run").click();
      await expect.poll(() => attribute("trial", "data-outcome"), PATIENCE).toBe("killed");
      expect(await page.getByTestId("trial").textContent()).toContain("It was killed in line 8");
      await page.getByTestId("step-last").click();
      expect(await page.getByTestId("step-value").textContent()).toBe("killed here");
      expect(await page.getByTestId("sent").count()).toBe(1);
      await page.waitForTimeout(800);
      await shoot("killed");
    });

    test("mended, it is bound again", async () => {
      await write(DEADLY.replace("u8(message.length)", "u8(0)"));
      await right();
      await page.getByTestId("handler-save").click();
      await expect.poll(() => page.getByTestId("unbound").count(), PATIENCE).toBe(0);
    });

    test("a second binding has its own counters and terms", async () => {
      await dismiss(page);
      await api("PUT", "filters/dns.dpf", readFileSync("filters/dns.dpf", "utf8"));
      await page.getByTestId("handler-bind").click();
      // The one that has no handler yet.
      await expect.poll(() => page.getByTestId("attach-binding").inputValue(), PATIENCE).toBe("2");
      await page.getByTestId("attach").click();
      const shown = page.getByTestId("handler-binding");
      await expect.poll(() => shown.locator("option").allTextContents(), PATIENCE).toEqual(["every-packet", "dns"]);
      await shown.selectOption("dns");
      await expect.poll(() => attribute("bound", "data-run"), PATIENCE).toBe("0");
      // It stands in the address, behind the stage: a link that can be shared, and a place to come back to.
      await expect.poll(hash, PATIENCE).toBe("#handlers/count//dns");
      await page.getByTestId("stage-tab-vcode").click();
      await expect.poll(hash, PATIENCE).toBe("#handlers/count/vcode/dns");
      await page.getByTestId("stage-tab-text").click();
      await page.reload();
      await expect.poll(() => shown.inputValue(), PATIENCE).toBe("2");
      await api("POST", "ports", { kind: "wire", name: "loop" });
      await page.getByRole("button", { name: "Change…" }).click();
      await page.locator("input[name=fuel]").fill("3000");
      await page.locator("input[name=transmit]").check();
      await page.getByTestId("attach-environment").selectOption({ index: 1 });
      const ports = page.getByTestId("attach-port");
      await expect
        .poll(() => ports.locator("option").allTextContents(), PATIENCE)
        .toEqual([
          "the port that the message came in by",
          "else by port 240: wire loop, end 1",
          "else by port 241: wire loop, end 2",
        ]);
      // One that there cannot be is refused at its field.
      await ports.evaluate((select: HTMLSelectElement) => {
        select.options[select.options.length - 1]?.setAttribute("value", "17");
        select.value = "17";
        select.dispatchEvent(new Event("change", { bubbles: true }));
      });
      await page.getByTestId("attach").click();
      await expect.poll(() => attribute("attach-problem", "data-field"), PATIENCE).toBe("port");
      expect(await page.getByTestId("attach-problem").textContent()).toMatch(/>= 240/);
      await ports.selectOption("240");
      await shoot("change");
      await page.getByTestId("attach").click();
      await expect
        .poll(() => page.getByTestId("bound").textContent(), PATIENCE)
        .toMatch(/3\u202f000 fuel a message.*may send.* by port 240.*passes to 0/);
    });

    test("the trace of its killing leads to it", async () => {
      await page.locator('.rail-link[href="#trace"]').click();
      await page.locator(".row[data-event=handlerKilled]").first().click();
      await page.getByTestId("trace-detail").getByRole("link", { name: "count" }).click();
      await expect.poll(hash, PATIENCE).toBe("#handlers/count//every-packet");
      await expect.poll(() => page.getByTestId("trace-detail").count(), PATIENCE).toBe(0);
    });

    test("deleted, it is put back by undo, bound to nothing", async () => {
      await dismiss(page);
      await page.getByRole("button", { name: "Delete" }).click();
      await expect.poll(() => page.getByTestId("handler-row-count").count(), PATIENCE).toBe(0);
      await page.locator(".notice").getByRole("button", { name: "Undo" }).click();
      await page.getByTestId("handler-row-count").click();
      await page.getByText("It is bound to nothing").waitFor(PATIENCE);
    });

    test("of many, by number and not by letters, the one that a link names is in sight", async () => {
      const put = async (from: number, to: number) => {
        for (let n = from; n < to; n++) await api("PUT", `handlers/h-${n}.ash.ts`, COUNT);
      };
      await page.evaluate(() => (location.hash = "handlers/h-30"));
      await put(0, 31);
      await page.getByTestId("handler-row-h-30").waitFor(PATIENCE);
      // What the list ends with cannot stand where it should until there are more.
      await put(31, 40);
      const inSight = () =>
        page.locator(".handler-list").evaluate((list) => {
          const { top, bottom } = list.getBoundingClientRect();
          return [...list.querySelectorAll(".row")]
            .filter((row) => row.getBoundingClientRect().top > top && row.getBoundingClientRect().bottom < bottom)
            .map((row) => row.getAttribute("data-testid"));
        });
      const near = ["handler-row-h-29", "handler-row-h-30", "handler-row-h-31"];
      await expect.poll(inSight, PATIENCE).toEqual(expect.arrayContaining(near));
      // Who has scrolled is left alone, whatever comes.
      await page.evaluate(() => (location.hash = "handlers/h-39"));
      await expect.poll(inSight, PATIENCE).toContain("handler-row-h-38");
      await page.locator(".handler-list").evaluate((list) => list.scrollTo(0, 0));
      await put(40, 42);
      const ranked = page.locator(".handler-list [role=table]");
      await expect.poll(() => ranked.getAttribute("aria-rowcount"), PATIENCE).toBe(String(1 + 1 + 42));
      expect(await inSight()).toContain("handler-row-h-0");
    });

    test("of a name that nobody has, nothing of the handler before is shown", async () => {
      await page.goto(new URL("#handlers/count", page.url()).href);
      await page.getByTestId("stage-tab-vcode").waitFor(PATIENCE);
      // What is answered of the handler before, late, is not said of this one, and unsays nothing of it.
      const checks = await hold(page, "**/api/v1/handlers/check");
      await editor().click();
      await page.keyboard.type(" ");
      await checks.asked;
      await page.goto(new URL("#handlers/nothere", page.url()).href);
      const unknown = page.getByText("no handler has this name").first();
      await unknown.waitFor(PATIENCE);
      await checks.letGo();
      await page.waitForTimeout(300);
      expect(await unknown.isVisible()).toBe(true);
      expect(await page.getByTestId("stage-tab-vcode").count()).toBe(0);
      // The other way round the figures come back.
      await page.goto(new URL("#handlers/count", page.url()).href);
      await page.getByTestId("stage-tab-vcode").waitFor(PATIENCE);
      await right();
      await page.getByRole("button", { name: "Discard changes" }).click();
    });

    test("nothing was complained of", () => expect(found).toEqual([]));

    async function api(method: string, path: string, body: unknown): Promise<void> {
      const [base = "", token = ""] = visit.link.split("/#token=");
      const json = typeof body === "object" && !(body instanceof Uint8Array);
      const type = json ? "application/json" : typeof body === "string" ? "text/plain" : "application/octet-stream";
      const response = await fetch(`${base}/api/v1/${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": type }) },
        body:
          body === undefined ? null : json ? JSON.stringify(body) : body instanceof Uint8Array ? body : String(body),
      });
      expect(response.status, `${method} ${path}: ${response.ok ? "" : await response.text()}`).toBeLessThan(300);
    }
  },
);

/** Notices lie over what is at the edge, and go by themselves only after a while. */
async function dismiss(page: Page): Promise<void> {
  const button = page.locator(".notice").getByRole("button", { name: "Dismiss" }).first();
  while ((await button.count()) > 0) await button.click();
}

/** As tall as what is on it, so that a picture has all of it. */
async function unroll(page: Page): Promise<void> {
  const height = await page.evaluate(() => {
    const main = document.querySelector("main");
    return main === null ? 900 : Math.min(4000, Math.max(900, innerHeight - main.clientHeight + main.scrollHeight));
  });
  const width = page.viewportSize()?.width ?? 1440;
  await page.setViewportSize({ width, height });
}

/** The right edge of the rightmost thing that can be seen and is not in a scroller of its own. */
function widest(): number {
  const edges = [...document.querySelectorAll("main *")]
    .filter(
      (element) => element.closest(".scroll-x, .table, .hidden, .listing, .step-listing, .cm-editor, svg") === null,
    )
    .map((element) => element.getBoundingClientRect().right);
  return Math.floor(Math.max(document.documentElement.scrollWidth, ...edges));
}
