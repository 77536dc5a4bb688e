/** The page in a real browser against a simulated appliance: what a real one rarely shows, and tables of its limits. */
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { complaints, launch, write } from "./chromium.js";
import { handlerBinding } from "./handler-binding.js";
import { Simulator, TOKEN } from "./simulator.js";

const FOLDER = "dist/dashboard";
const PATIENCE = { timeout: 15_000 };
const MARKUP = '<img src=x onerror="window.hurt=1">';
/** Every 18 pixels from the narrowest phone on: most columns come and go within that. */
const WIDTHS = Array.from({ length: 63 }, (_, index) => 320 + index * 18);
const built = existsSync(`${FOLDER}/index.html`);

describe.skipIf(!built)(`the page${built ? "" : ` (skipped: ${FOLDER} is not built)`}`, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let simulator: Simulator;
  let link: string;
  let found: string[];

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    simulator = new Simulator(FOLDER);
    link = await simulator.start();
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    found = complaints(page);
  });
  afterEach(async () => {
    await context.close();
    await simulator.stop();
  });

  const enter = async (hash = "") => {
    await page.goto(link);
    await page.locator(".frame[data-connection=live]").waitFor(PATIENCE);
    if (hash !== "") await page.evaluate((to) => (location.hash = to), hash);
  };
  const playDemo = () => {
    simulator.addCapture("demo.pcap");
    Object.assign(simulator.replay, { state: "playing", captures: ["demo.pcap"], loop: 0, epoch: 1 });
  };
  const upload = (name: string, octets: readonly number[]) =>
    page.getByTestId("capture-input").setInputFiles({ name, mimeType: "application/x", buffer: Buffer.from(octets) });

  test("a wrong token shows one field and says where the token is found; the right one enters", async () => {
    await page.goto(link.replace(TOKEN, "wrong"));
    await page.getByText("This token is not the one of the running appliance.").waitFor(PATIENCE);
    expect(page.url()).not.toContain("wrong");
    expect(await page.locator("input").count()).toBe(1);
    expect(await page.locator("#token-hint").textContent()).toContain("#token=");
    // A whole link may be pasted, too.
    await page.getByTestId("token").fill(link);
    await page.keyboard.press("Enter");
    await page.locator(".frame[data-connection=live]").waitFor(PATIENCE);
    simulator.forgetSessions();
    await page.getByText("The session is over").waitFor(PATIENCE);
  });

  test("a lost connection greys the figures, tells their age, and comes back by itself", async () => {
    playDemo();
    await enter();
    simulator.lose();
    await page.getByTestId("lost").waitFor(PATIENCE);
    expect(await page.getByTestId("lost").textContent()).toMatch(/The figures are [\d.]+ s old/);
    expect(await page.locator(".frame.lost").count()).toBe(1);
    simulator.restore();
    await page.locator(".frame[data-connection=live]").waitFor(PATIENCE);
    expect(await page.getByTestId("lost").count()).toBe(0);
  });

  test("books that do not balance show the difference in words and term by term", async () => {
    simulator.books.unclaimed = 17;
    simulator.books.balanced = false;
    await enter();
    expect(await page.getByTestId("books").getAttribute("data-balanced")).toBe("false");
    expect(await page.getByTestId("books").textContent()).toContain("received off by -17");
    await page.getByTestId("books").click();
    expect(await page.locator("dialog .difference.trouble").textContent()).toContain("-17");
  });

  test("a thousand bindings: few rows exist, every one can be reached and found", async () => {
    playDemo();
    for (let port = 1; port <= 1000; port++) simulator.addFilter(`tcp-port-${port}`, "true");
    await enter();
    const rows = page.locator("[data-testid^=binding-row-]");
    await rows.first().waitFor(PATIENCE);
    expect(await rows.count()).toBeLessThan(60);
    await page.evaluate(() => document.querySelector("main")?.scrollTo(0, 1e6));
    await page.getByTestId("binding-row-tcp-port-1000").waitFor(PATIENCE);
    const frames = await page.evaluate(countFrames, "main");
    console.info(`1,000 bindings, scrolling while ten ticks a second come in: ${frames} frames a second`);
    await page.keyboard.press("/");
    await page.keyboard.type("port-77");
    await expect.poll(() => rows.count(), PATIENCE).toBe(12 - 1);
    await page.getByRole("columnheader", { name: "packets" }).getByRole("button").click();
    await expect.poll(() => page.locator("[aria-sort=descending]").count(), PATIENCE).toBe(1);
  });

  test("a thousand handlers: few rows exist, in a list that scrolls by itself, and every one can be found", async () => {
    playDemo();
    for (let number = 1; number <= 1000; number++) {
      const { id } = simulator.addBinding(`filter-${number}`, 0);
      simulator.handlers.push({ name: `handler-${number}`, octets: 400, bindings: [id] });
      simulator.boundHandlers.push(
        handlerBinding(id, `handler-${number}`, { passed: number, killed: { fuel: number % 3 } }),
      );
    }
    await enter("handlers");
    const rows = page.locator("[data-testid^=handler-row-]");
    await expect.poll(() => page.getByTestId("handler-row-handler-2").getAttribute("data-run"), PATIENCE).toBe("4");
    expect(await rows.count()).toBeLessThan(60);
    const frames = await page.evaluate(countFrames, ".handler-list");
    console.info(`1,000 handlers, scrolling while ten ticks a second come in: ${frames} frames a second`);
    await page.evaluate(() => document.querySelector(".handler-list")?.scrollTo(0, 1e6));
    await page.getByTestId("handler-row-handler-1000").waitFor(PATIENCE);
    // Away with the page and back: the rows are still there.
    for (const top of [1e6, 0]) await page.evaluate((to) => document.querySelector("main")?.scrollTo(0, to), top);
    await page.evaluate(() => document.querySelector(".handler-list")?.scrollTo(0, 0));
    await page.getByTestId("handler-row-handler-1").waitFor(PATIENCE);
    await page.keyboard.press("/");
    await page.keyboard.type("handler-77");
    await expect.poll(() => rows.count(), PATIENCE).toBe(12 - 1);
    await page.getByRole("columnheader", { name: "killed" }).getByRole("button").click();
    await expect.poll(() => rows.first().textContent(), PATIENCE).toMatch(/handler-77\d?/);
    await expect.poll(() => page.locator("[aria-sort=descending]").count(), PATIENCE).toBe(1);
  });

  test("what is no capture is refused in words; a name that is taken is asked about; damage is told", async () => {
    simulator.addCapture("mine.pcap");
    await enter();
    await upload("picture.png", [0x89, 0x50, 0x4e, 0x47]);
    await page.locator("[data-testid=upload][data-state=failed]").waitFor(PATIENCE);
    expect(await page.getByTestId("upload").textContent()).toContain("unknown magic number");
    await upload("Mine.pcap", [0xd4, 0xc3, 0xb2, 0xa1]);
    await page.getByRole("button", { name: "Keep both" }).click();
    await page.locator("[data-testid=upload][data-state=stored]").waitFor(PATIENCE);
    expect(simulator.captures.map((one) => one.name)).toContain("mine-2.pcap");
    expect(simulator.replay.captures).toEqual(["mine-2.pcap"]);
    await upload("cut.pcap", [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0]);
    const damage = page.getByText("Damaged at octet 2: the record's last octets are missing");
    await damage.waitFor(PATIENCE);
    Object.assign(simulator.replay, { damage: [{ offset: 2, reason: "the record's last octets are missing" }] });
    await expect.poll(() => page.getByTestId("replay-packet").getAttribute("data-value"), PATIENCE).not.toBe("0");
    expect(await damage.count()).toBe(1);
    await page.getByTestId("upload").getByRole("button", { name: "Dismiss" }).click();
    await page.getByTestId("replay-damage").waitFor(PATIENCE);
  });

  test("a drop plays, whatever was before", async () => {
    playDemo();
    simulator.replay.state = "ended";
    await enter();
    await upload("mine.pcap", [0xd4, 0xc3, 0xb2, 0xa1]);
    await expect.poll(() => simulator.replay.state, PATIENCE).toBe("playing");
    expect([simulator.replay.captures, simulator.replay.loop]).toEqual([["mine.pcap"], 0]);
  });

  test("loop and lossless keep the place and play on; flat out is lossless anyway", async () => {
    playDemo();
    Object.assign(simulator.replay, { loop: 1, packet: 7_000, state: "paused" });
    await enter();
    await page.getByTestId("replay-loop").click();
    await expect.poll(() => [simulator.replay.loop, simulator.replay.epoch], PATIENCE).toEqual([0, 2]);
    expect([simulator.replay.packet, simulator.replay.state]).toEqual([7_000, "paused"]);
    await page.getByTestId("replay-play").click();
    await page.getByTestId("replay-pause").waitFor(PATIENCE);
    await page.getByTestId("replay-lossless").click();
    await expect.poll(() => [simulator.replay.lossless, simulator.replay.state], PATIENCE).toEqual([true, "playing"]);
    expect(simulator.replay.loop).toBe(0);
    expect(simulator.replay.packet).toBeGreaterThanOrEqual(7_000);
    const lossless = page.getByTestId("replay-lossless");
    await lossless.click();
    await expect.poll(() => lossless.getAttribute("aria-pressed"), PATIENCE).toBe("false");
    await page.getByTestId("replay-speed").selectOption("max");
    await expect.poll(() => lossless.isDisabled(), PATIENCE).toBe(true);
    expect([await lossless.getAttribute("aria-pressed"), await lossless.getAttribute("title")]).toEqual([
      "true",
      expect.stringContaining("Flat out is always lossless"),
    ]);
  });

  test("before the first picture nothing is said to be missing", async () => {
    playDemo();
    simulator.silent = true;
    await page.goto(link);
    await page.locator(".opening").waitFor(PATIENCE);
    expect(await page.locator("body").textContent()).not.toMatch(/No capture|Choose a capture/);
    simulator.silent = false;
    simulator.forgetSessions();
  });

  test("totals are those of all captures, rates of the one that plays", async () => {
    playDemo();
    simulator.addFilter("web", "true");
    await enter();
    const ports = page.locator("svg.way .node.ports .node-name");
    await expect.poll(() => ports.textContent(), PATIENCE).toContain("demo.pcap");
    await page.getByTestId("replay-pause").click();
    await expect.poll(() => ports.textContent(), PATIENCE).toContain("all captures");
  });

  test("a long gap counts down and can be skipped; damage met on the way is told", async () => {
    playDemo();
    Object.assign(simulator.replay, { state: "waiting", gapMs: 12_400, damage: [{ offset: 7, reason: "no header" }] });
    await enter();
    await page.getByText("Nothing in the capture for 12 s").waitFor(PATIENCE);
    expect(await page.getByTestId("replay-damage").textContent()).toBe("Damaged at octet 7: no header");
    await page.getByTestId("replay-skip").click();
    await expect.poll(() => simulator.replay.gapMs, PATIENCE).toBe(null);
  });

  test("unsaved text survives leaving the view and a reload; delete can be undone", async () => {
    simulator.addFilter("web", "true\n");
    await enter("filters/web");
    await write(page, "12:16 == 0x0806");
    await page.keyboard.press("Escape");
    await page.locator('.rail-link[href="#streams"]').click();
    await page.locator('.rail-link[href="#filters"]').click();
    await page.getByTestId("filter-row-web").click();
    await expect.poll(() => page.locator(".cm-content").textContent(), PATIENCE).toBe("12:16 == 0x0806");
    await page.reload();
    await expect.poll(() => page.locator(".cm-content").textContent(), PATIENCE).toBe("12:16 == 0x0806");
    expect(await page.getByTestId("filter-row-web").textContent()).toContain("edited");
    await page.getByRole("button", { name: "Discard changes" }).click();
    await expect.poll(() => page.locator(".cm-content").textContent(), PATIENCE).toBe("true");
    await page.getByRole("button", { name: "Delete" }).click();
    await expect.poll(() => simulator.filters.size, PATIENCE).toBe(0);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => simulator.filters.get("web")?.text, PATIENCE).toBe("true\n");
  });

  test("typing fast loses nothing", async () => {
    await enter("filters");
    const text = "12:16 == 0x0800 && 23:8 == 6 && shift 14";
    await page.locator(".cm-content").click();
    await page.keyboard.type(text, { delay: 1 });
    await expect.poll(() => page.locator(".cm-content").textContent(), PATIENCE).toBe(text);
  });

  test("the keys work, and keep out of fields", async () => {
    playDemo();
    simulator.replay.state = "paused";
    await enter();
    await page.keyboard.press("Space");
    await expect.poll(() => simulator.replay.state, PATIENCE).toBe("playing");
    await page.getByTestId("replay-pause").waitFor(PATIENCE);
    await page.keyboard.press("Space");
    await expect.poll(() => simulator.replay.state, PATIENCE).toBe("paused");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor(PATIENCE);
    await page.keyboard.press("Escape");
    await page.keyboard.press("2");
    await expect.poll(() => new URL(page.url()).hash, PATIENCE).toBe("#filters");
    await page.getByTestId("filter-name").fill("");
    await page.getByTestId("filter-name").press("Space");
    expect(simulator.replay.state).toBe("paused");
    await page.getByTestId("timeline").focus();
    await page.keyboard.press("PageUp");
    await expect.poll(() => simulator.replay.epoch, PATIENCE).toBe(2);
  });

  test("a library OS is created from the page and fed with every packet", async () => {
    await enter("streams");
    await page.getByRole("button", { name: "Create one that taps every packet" }).click();
    await expect.poll(() => simulator.environments.map((one) => one.program), PATIENCE).toEqual(["monitor"]);
    await expect.poll(() => simulator.bindings.map((one) => one.name), PATIENCE).toEqual(["every-packet.monitor"]);
    await page.getByText("the largest 200 of 1").waitFor(PATIENCE);
  });

  test("the strip of slices says whose each is, and its hand moves; the drill draws what others asked", async () => {
    simulator.addEnvironment("adder", "vcode", { kind: "downloaded", ringEntries: 0, accesses: 1000, misses: 50 });
    simulator.addEnvironment("monitor", "monitor", { state: "unresponsive", error: "it has not looked at its ring" });
    await enter("environments/monitor");
    const slices = page.getByTestId("slices");
    await slices.waitFor(PATIENCE);
    expect(await slices.locator("rect").count()).toBe(128);
    expect(await slices.locator("rect").nth(1).textContent()).toBe("slice 1: monitor");
    expect(await slices.textContent()).toContain("43 free");
    const hand = await slices.getAttribute("data-hand");
    await expect.poll(() => slices.getAttribute("data-hand"), PATIENCE).not.toBe(hand);
    expect(await page.getByTestId("environment-adder").textContent()).toContain("95.0 %");
    const steps = page.getByTestId("request-pages").locator(".step-words");
    await expect
      .poll(() => steps.allTextContents(), PATIENCE)
      .toEqual([
        "for 4 pages, within 500 ms",
        "1 of 4 were given, the rest too late",
        "over: 3 taken by force",
        "by its repossession vector",
      ]);
    // When another page asked is not known, so no deadline runs here.
    expect(await page.getByTestId("request-packets").locator(".running-left").count()).toBe(0);
    await slices.getByRole("button", { name: /adder/ }).click();
    await page.getByTestId("own-slices").waitFor(PATIENCE);
    for (const width of [1280, 400]) {
      await page.setViewportSize({ width, height: 1400 });
      await page.screenshot({ path: `tests/output/environments-slices-${width}.png` });
    }
  });

  test("texts from outside stay texts", async () => {
    simulator.addEnvironment("thrower", "thrower", { state: "failed", error: MARKUP });
    simulator.addCapture("odd.pcap", { damage: [{ offset: 3, reason: MARKUP }] });
    await enter("environments/thrower");
    await page.getByText(MARKUP).first().waitFor(PATIENCE);
    simulator.notice("error", MARKUP);
    await page.locator(".notice").getByText(MARKUP).waitFor(PATIENCE);
    await page.locator(".popover-button").click();
    await page.locator(".captures").getByText(MARKUP).waitFor(PATIENCE);
    expect(await page.evaluate(() => [document.images.length, "hurt" in window])).toEqual([0, false]);
  });

  test("360 pixels are enough for every view, in either colour", async () => {
    playDemo();
    for (const name of ["web", "a-name-that-is-as-long-as-names-are-allowed-to-be-in-this-applia"]) {
      simulator.addFilter(name, "true");
    }
    simulator.addEnvironment("monitor", "monitor");
    simulator.addEnvironment("exos", "exos");
    await page.setViewportSize({ width: 360, height: 740 });
    await enter();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const view of ["way", "filters/web", "environments/monitor", "streams", "streams/connections"]) {
        await page.evaluate((to) => (location.hash = to), view);
        await page.waitForFunction(() => document.querySelectorAll(".row").length > 0, undefined, PATIENCE);
        expect(await page.evaluate(widest), view).toBeLessThanOrEqual(360);
      }
    }
    await page.evaluate(
      () => (location.hash = "filters/a-name-that-is-as-long-as-names-are-allowed-to-be-in-this-applia"),
    );
    await page.locator(".fixed-name").waitFor(PATIENCE);
    expect(await page.locator(".fixed-name").evaluate((name) => name.scrollWidth <= name.clientWidth)).toBe(true);
  });

  test("tables fit at every width, and scroll where nothing else helps", async () => {
    playDemo();
    simulator.addFilter("web", "true");
    simulator.addEnvironment("monitor", "monitor");
    simulator.addEnvironment("exos", "exos");
    await enter();
    for (const view of ["way", "filters", "environments", "streams", "streams/connections"]) {
      await page.evaluate((to) => (location.hash = to), view);
      await page.waitForFunction(() => document.querySelectorAll(".row").length > 0, undefined, PATIENCE);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 740 });
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        expect(await page.evaluate(cutTables), `${view} at ${width}`).toEqual([]);
      }
    }
    await page.evaluate(() => (location.hash = "environments"));
    await page.setViewportSize({ width: 200, height: 740 });
    await page.locator(".table.wide").waitFor(PATIENCE);
    expect(await page.locator(".table.wide").evaluate(scrolls)).toBe(true);
  });

  afterEach(() => expect(found.filter((text) => !/WebSocket connection to/.test(text))).toEqual([]));
});

/** The right edge of the rightmost thing that can be seen and is not in a scroller of its own. */
function widest(): number {
  const edges = [...document.querySelectorAll("main *, .replay *, .books *, .rail *")]
    .filter((element) => element.closest(".scroll-x, .table, .hidden, .books-line, .cm-editor, svg") === null)
    .map((element) => element.getBoundingClientRect().right);
  return Math.floor(Math.max(document.documentElement.scrollWidth, ...edges));
}

/** Tables that are wider within than without. */
function cutTables(): string[] {
  return [...document.querySelectorAll(".table")]
    .filter((table) => table.scrollWidth > table.clientWidth)
    .map((table) => `${table.getAttribute("aria-label")}: ${table.scrollWidth} in ${table.clientWidth}`);
}

function scrolls(table: Element): boolean {
  table.scrollLeft = 40;
  return table.scrollLeft > 0;
}

async function countFrames(scroller: string): Promise<number> {
  const main = document.querySelector(scroller);
  const end = performance.now() + 2_000;
  let frames = 0;
  while (performance.now() < end) {
    await new Promise(requestAnimationFrame);
    main?.scrollBy(0, frames % 40 < 20 ? -40 : 40);
    frames++;
  }
  return frames / 2;
}

describe.skipIf(!built)("what is sent", () => {
  const page = built ? readFileSync(`${FOLDER}/index.html`, "utf8") : "";

  test("the first paint needs less than 200 KB, gzipped; the editor is not in it", () => {
    const assets = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map((match) => match[1] ?? "");
    const octets = assets.reduce(
      (all, asset) => all + gzipSync(readFileSync(`${FOLDER}/${asset}`)).length,
      page.length,
    );
    expect(assets.length).toBeGreaterThanOrEqual(2);
    expect(octets).toBeLessThan(200_000);
    expect(assets.join()).not.toContain("editor");
  });

  test("the page has no inline script or style, and a place for the nonce", () => {
    expect(page).not.toMatch(/<style|style="|<script(?![^>]*src=)|javascript:| on\w+="/);
    expect(page).toContain('<meta name="csp-nonce" content="__CSP_NONCE__"');
  });
});

describe("colours", () => {
  const css = readFileSync("src/dashboard/style/tokens.css", "utf8");
  const blocks = [/:root \{([^}]+)\}/, /:root\[data-theme="dark"\] \{([^}]+)\}/].map((pattern) => {
    const text = pattern.exec(css)?.[1] ?? "";
    return new Map([...text.matchAll(/--([\w-]+): (#[\da-f]{6});/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
  });
  const TEXTS = ["text", "text-soft", "accent", "trouble", "good", "warning", "code-field", "code-number", "code-word"];

  test.each(["light", "dark"].map((name, index) => [name, blocks[index]] as const))("%s: AA contrast", (_, colours) => {
    for (const text of TEXTS) {
      for (const ground of ["surface", "ground", "raised"]) {
        expect(contrast(colours?.get(text), colours?.get(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(colours?.get("on-accent"), colours?.get("accent"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colours?.get("accent"), colours?.get("accent-soft"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colours?.get("trouble"), colours?.get("trouble-soft"))).toBeGreaterThanOrEqual(4.5);
    for (let series = 1; series <= 8; series++) {
      expect(
        contrast(colours?.get(`series-${series}`), colours?.get("surface")),
        `series ${series}`,
      ).toBeGreaterThanOrEqual(3);
    }
  });
});

/** WCAG 2.2, contrast ratio. */
function contrast(a = "", b = ""): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
