/** The Trace view in a real browser, against the real server. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missing } from "./served.js";
import { OUTPUT, PATIENCE, Visit } from "./visit.js";

describe.skipIf(missing !== undefined)(
  `the trace in a browser${missing ? ` (skipped: ${missing} is not built)` : ""}`,
  () => {
    const visit = new Visit("trace");
    let page: Page;
    let found: string[];

    beforeAll(async () => {
      ({ page, found } = await visit.begin());
    });

    afterAll(() => visit.end());

    const put = (name: string, text: string) =>
      page.evaluate(
        async ([path, body]) => (await fetch(path!, { method: "PUT", body: body! })).status,
        [`api/v1/filters/${name}.dpf`, text],
      );
    /** The box is checked at once; the level is told when the appliance has answered. */
    const set = async (level: string, on: boolean) => {
      const answered = page.waitForResponse(
        (one) => one.url().endsWith("/api/v1/trace") && one.request().method() === "PUT",
        PATIENCE,
      );
      await page.getByTestId(`trace-${level}`).setChecked(on);
      expect((await answered).status()).toBe(200);
    };
    const told = () =>
      page.locator(".row[data-event]").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-event")));

    test("says that nothing is told, and how to have it told", async () => {
      await page.locator('.rail-link[href="#trace"]').click();
      await page.getByText("The kernel tells nothing: no level is on.").waitFor(PATIENCE);
      expect(await put("before", "true")).toBe(201);
      await page.getByRole("button", { name: "Tell errors, warnings and infos" }).click();
      await page.getByText("Nothing has happened yet.").waitFor(PATIENCE);
      for (const level of ["error", "warning", "info"]) {
        expect(await page.getByTestId(`trace-${level}`).isChecked()).toBe(true);
      }
      expect(await page.getByTestId("trace-debug").isChecked()).toBe(false);
    });

    test("an event is a row as it happens, the newest first, with names", async () => {
      expect(await put("web", "12:16 == 0x0800")).toBe(201);
      await expect.poll(told, PATIENCE).toEqual(["bindingBegan"]);
      expect(await page.locator(".row[data-event=bindingBegan]").textContent()).toContain(
        "binding web · environment control",
      );
      await put("web", "12:16 == 0x86dd");
      await expect.poll(told, PATIENCE).toEqual(["bindingChanged", "bindingBegan"]);
    });

    test("opens whole, by a click and by keys", async () => {
      const detail = page.getByTestId("trace-detail");
      await page.locator(".row[data-event=bindingBegan]").click();
      await detail.waitFor(PATIENCE);
      expect(await detail.textContent()).toContain("environmentcontrol");
      await page.keyboard.press("Escape");
      await expect.poll(() => detail.count(), PATIENCE).toBe(0);
      await page.locator(".row[data-event=bindingChanged]").focus();
      await page.keyboard.press("Enter");
      await expect.poll(() => page.getByRole("dialog").textContent(), PATIENCE).toContain("bindingChanged");
      await page.keyboard.press("Escape");
      await expect.poll(() => detail.count(), PATIENCE).toBe(0);
    });

    test("can be cut down by kinds, by environment and by words, which stand in the address", async () => {
      const hash = () => new URL(page.url()).hash;
      const kinds = page.locator(".trace-kinds > button");
      expect(await kinds.textContent()).toContain("every kind");
      await kinds.click();
      await page.getByTestId("kind-bindingBegan").uncheck();
      await expect.poll(told, PATIENCE).toEqual(["bindingChanged"]);
      expect(await kinds.textContent()).toContain("1 of 2 kinds");
      await expect.poll(hash, PATIENCE).toBe("#trace//bindingBegan");
      await page.reload();
      await expect.poll(told, PATIENCE).toEqual(["bindingChanged"]);
      await kinds.click();
      await page.getByRole("button", { name: "All", exact: true }).click();
      await page.keyboard.press("Escape");
      await page.getByLabel("Environment", { exact: true }).selectOption("control");
      await expect.poll(told, PATIENCE).toEqual(["bindingBegan"]);
      await page.getByLabel("Find events").fill("nothing like this");
      await page
        .getByText("No event is of these kinds, of this environment, and has these letters in it.")
        .waitFor(PATIENCE);
      await expect.poll(() => decodeURIComponent(hash()), PATIENCE).toBe("#trace/0//nothing like this");
      await page.getByRole("button", { name: "Show all" }).click();
      await page.getByLabel("Find events").fill("RECEIVES");
      await expect.poll(told, PATIENCE).toEqual(["bindingBegan"]);
      await page.getByLabel("Find events").fill("");
      await expect.poll(hash, PATIENCE).toBe("#trace");
    });

    test("a level that is switched off is told no more", async () => {
      await set("info", false);
      await put("quiet", "true");
      await set("info", true);
      await put("loud", "true");
      await expect.poll(async () => (await told()).length, PATIENCE).toBe(3);
    });

    test("looks right in light and dark, wide and narrow, with a thousand events", async () => {
      // A filter that many bindings have: with each of its texts all of them change.
      const bound = await page.evaluate(async () => {
        const answers: number[] = [];
        for (let n = 2; n <= 20; n++) {
          const json = { filter: "web", environment: 0, mode: "tap", priority: 0, name: `web-${n}` };
          const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(json) };
          answers.push((await fetch("api/v1/bindings", init)).status);
        }
        return answers;
      });
      expect(new Set(bound)).toEqual(new Set([201]));
      const swaps = () =>
        page.evaluate(async () => {
          for (let n = 0; n < 25; n++) {
            await fetch("api/v1/filters/web.dpf", { method: "PUT", body: n % 2 === 0 ? "0:8 == 1" : "0:8 == 2" });
          }
        });
      await swaps();
      await set("debug", true);
      await swaps();
      await expect.poll(() => page.locator(".card-head .hint").textContent(), PATIENCE).toMatch(/1.047 events$/);
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1440, 400]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 900 });
          // A table drops the columns that have no room a frame later.
          await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          await page.screenshot({ path: join(OUTPUT, `trace-${colorScheme}-${width}.png`) });
          const lines = page.locator(".trace-words");
          const cut = await lines.evaluateAll((all) => all.filter((one) => one.scrollHeight > one.clientHeight).length);
          if (width === 1440) expect([(await lines.count()) > 20, cut]).toEqual([true, 0]);
          const brief = page.locator("[data-event=bindingChanged] .trace-brief").first();
          expect([await brief.isVisible(), await brief.textContent()]).toEqual([width === 400, "web-20"]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
        }
      }
    });

    test("nothing was complained of", () => expect(found).toEqual([]));
  },
);
