/** The Environments view in a real browser, against the real server. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missing } from "./served.js";
import { OUTPUT, PATIENCE, Visit } from "./visit.js";

/** An image that adds the first two words of its message, with an instruction that there is not. */
const WRONG = `v_lambda f0(r0:p, r1:i, r2:i, r3:i, r4:i, r5:i, r6:i, r7:i, r8:i, r9:i) : i in packet
  v_plus r3, r3, r4
  v_reti r3
v_end
`;
const MENDED = WRONG.replace("v_plus", "v_addi");

describe.skipIf(missing !== undefined)(
  `environments in a browser${missing ? ` (skipped: ${missing} is not built)` : ""}`,
  () => {
    const visit = new Visit("environments");
    let page: Page;
    let found: string[];

    beforeAll(async () => {
      ({ page, found } = await visit.begin());
      await page.locator('.rail-link[href="#environments"]').click();
    });

    afterAll(() => visit.end());

    const create = async (program: string, name: string, options: string) => {
      await page.getByTestId("new-environment").click();
      const dialog = page.getByRole("dialog", { name: "New environment" });
      await dialog.locator(`input[value=${program}]`).check();
      await dialog.getByLabel("Name", { exact: true }).fill(name);
      await dialog.getByLabel("Options", { exact: true }).fill(options);
      await dialog.getByRole("button", { name: `Create ${program}` }).click();
      return dialog;
    };
    const row = (name: string) => page.getByTestId(`environment-${name}`);
    const ask = async (count: string, resource: string, deadline: string) => {
      await page.getByLabel("Ask for").fill(count);
      await page.getByLabel("Of what").selectOption(resource);
      await page.getByLabel("within").fill(deadline);
      await page.getByTestId("drill-ask").click();
    };
    const state = (resource: string) => page.getByTestId(`request-${resource}`).getAttribute("data-state");
    const editor = () => page.locator("[data-testid=code-editor] .cm-content");
    const write = async (text: string) => {
      await editor().click();
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.press("Delete");
      await page.keyboard.insertText(text);
    };
    /** Notices lie over what is at the edge, and go by themselves only after a while. */
    const dismiss = async () => {
      const button = page.locator(".notice").getByRole("button", { name: "Dismiss" }).first();
      while ((await button.count()) > 0) await button.click();
    };
    const shoot = async (name: string) => {
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1440, 400]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 900 });
          // A table drops the columns that have no room a frame later.
          await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          await unroll(page);
          await page.screenshot({ path: join(OUTPUT, `environments-${name}-${colorScheme}-${width}.png`) });
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
          expect(await page.evaluate(widest), `${name} at ${width}`).toBeLessThanOrEqual(width);
        }
      }
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize({ width: 1440, height: 900 });
    };

    test("without any it says what there is to make", async () => {
      await page.getByText("No library OS runs yet: bindings only count.").waitFor(PATIENCE);
      await page.getByTestId("capability-root").waitFor(PATIENCE);
      await shoot("none");
    });

    test("options that are none are told at their field", async () => {
      const dialog = await create("citizen", "citizen", "{pages: 40}");
      expect(await dialog.getByRole("alert").textContent()).toContain("This is no JSON.");
      await shoot("new");
      await dialog.getByLabel("Options", { exact: true }).fill('{"pages": 40}');
      await dialog.getByRole("button", { name: "Create citizen" }).click();
      await row("citizen").waitFor(PATIENCE);
      await expect.poll(() => new URL(page.url()).hash, PATIENCE).toBe("#environments/citizen");
      await expect.poll(() => row("citizen").textContent(), PATIENCE).toContain("ready");
    });

    test("what it holds: pages by name, and who else may", async () => {
      const pages = page.getByTestId("pages");
      await expect.poll(() => pages.locator("tbody tr").count(), PATIENCE).toBeGreaterThan(1);
      expect(await pages.textContent()).toContain("nobody");
      await page.getByText("every-packet.citizen").first().waitFor(PATIENCE);
    });

    test("the drill: a good answer is drawn step by step", async () => {
      const before = await held("citizen");
      await ask("7", "pages", "5000");
      await expect.poll(() => state("pages"), PATIENCE).toBe("answered");
      const steps = page.getByTestId("request-pages").locator(".step");
      expect(await steps.allTextContents()).toEqual([
        "askedfor 7 pages, within 5000 ms",
        "answeredall 7 were given",
        "deadlinekept",
        "toldnothing was taken",
      ]);
      await page.getByText("Nothing has ever been taken from it.").waitFor(PATIENCE);
      await expect.poll(() => held("citizen"), PATIENCE).toBe(before - 7);
    });

    test("the drill: what cannot be asked for is refused in words", async () => {
      await ask("1", "packets", "500");
      await expect
        .poll(() => page.getByTestId("drill-problem").textContent(), PATIENCE)
        .toContain("holds nothing of this kind");
      await shoot("answered");
    });

    test("the drill: what is not given in time is taken by force, and the vector says what", async () => {
      await create("citizen", "late", '{"pages": 40, "save": 4, "answer": "late"}');
      await page.getByRole("region", { name: "Environment late" }).waitFor(PATIENCE);
      await expect.poll(() => row("late").textContent(), PATIENCE).toContain("ready");
      await ask("5", "pages", "600");
      await expect.poll(() => state("pages"), PATIENCE).toBe("forced");
      const steps = page.getByTestId("request-pages").locator(".step");
      await expect
        .poll(() => steps.allTextContents(), PATIENCE)
        .toEqual([
          "askedfor 5 pages, within 600 ms",
          "answeredtoo late",
          "deadlineover: 5 taken by force",
          "toldby its repossession vector",
        ]);
      const counts = await page.getByTestId("vector").locator("tbody td:nth-child(3)").allTextContents();
      expect(counts.map(Number).reduce((all, count) => all + count, 0)).toBe(5);
      await shoot("forced");
    });

    test("the drill: a deadline is seen to run down", async () => {
      await ask("2", "pages", "1300");
      await expect.poll(() => page.locator(".running-left").textContent(), PATIENCE).toMatch(/\d\.\d s left/);
      await shoot("asked");
      await expect.poll(() => state("pages"), PATIENCE).toBe("forced");
      await expect.poll(() => page.getByTestId("vector").locator("tbody tr").count(), PATIENCE).toBeGreaterThan(2);
    });

    test("a capability is derived, its token shown once, and revoked", async () => {
      await dismiss();
      await page.getByTestId("derive").click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Name", { exact: true }).fill("NOT a name");
      await dialog.getByTestId("derive-submit").click();
      expect(await dialog.getByTestId("derive-problem").textContent()).toContain("small letters");
      await shoot("derive");
      await dialog.getByLabel("Name", { exact: true }).fill("reader");
      await dialog.getByLabel("Until").selectOption("an hour");
      await dialog.getByRole("textbox", { name: "Frames" }).fill("ether src 02:00:00:00:00:01");
      await dialog.getByTestId("derive-submit").click();
      const token = await dialog.getByTestId("derived-token").inputValue();
      expect(token).toMatch(/^exo1\./);
      expect(await allowed(token)).toEqual([200, 403]);
      await shoot("derived");
      await dialog.getByRole("button", { name: "Close, and forget it" }).click();
      expect(await page.content()).not.toContain(token);
      const line = page.getByTestId("capability-root/reader");
      expect(await line.textContent()).toMatch(/observe.*ends in 60 min/s);
      await line.getByText("of frames that match its filter only").click();
      expect(await line.locator("pre").textContent()).toContain("6:16 == 0x0200");
      await shoot("capability");
      await line.getByRole("button", { name: "Revoke" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
      await expect.poll(() => line.count(), PATIENCE).toBe(0);
      expect((await allowed(token))[0]).toBe(401);
    });

    test("a capability is weakened where it is: its old token is refused, what was below and stronger has ended", async () => {
      await dismiss();
      await page.getByTestId("derive").click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Name", { exact: true }).fill("worker");
      await dialog.locator("input[value=create]").check();
      await dialog.getByTestId("derive-submit").click();
      const before = await dialog.getByTestId("derived-token").inputValue();
      // There is no such environment.
      expect(await allowed(before)).toEqual([200, 404]);
      await dialog.getByRole("button", { name: "Close, and forget it" }).click();
      const line = page.getByTestId("capability-root/worker");
      const below = page.getByTestId("capability-root/worker/helper");
      const helper = await derived(before, { name: "helper", rights: ["create"], expires: 0 });
      await below.waitFor(PATIENCE);
      await line.getByRole("button", { name: "Weaken" }).click();
      // What it has not cannot be chosen.
      await expect.poll(() => dialog.locator("input[name=right]:enabled").count(), PATIENCE).toBe(2);
      await dialog.getByRole("textbox", { name: "Frames" }).fill("nonsense");
      await dialog.getByTestId("weaken-submit").click();
      await expect.poll(() => dialog.getByTestId("weaken-problem").count(), PATIENCE).toBe(1);
      await shoot("weaken");
      await dialog.getByRole("textbox", { name: "Frames" }).fill("");
      await dialog.locator("input[value=create]").uncheck();
      await dialog.getByLabel("Until").selectOption("a day");
      await dialog.getByTestId("weaken-submit").click();
      const after = await dialog.getByTestId("derived-token").inputValue();
      expect(after).not.toBe(before);
      expect(await dialog.getByTestId("weakened").textContent()).toBe("1 capability below it ended.");
      expect((await allowed(before))[0]).toBe(401);
      expect((await allowed(helper))[0]).toBe(401);
      await expect.poll(() => below.count(), PATIENCE).toBe(0);
      expect(await allowed(after)).toEqual([200, 403]);
      await dialog.getByRole("button", { name: "Close, and forget it" }).click();
      expect(await page.content()).not.toContain(after);
      expect(await line.textContent()).toMatch(/observe.*ends in (24|23) h.*weakened once/s);
      await shoot("weakened");
      await line.getByRole("button", { name: "Revoke" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
      await expect.poll(() => line.count(), PATIENCE).toBe(0);
    });

    test("code with an error is refused at its line, mended, and run", async () => {
      await dismiss();
      await page.getByRole("button", { name: "Write code" }).click();
      await page.getByTestId("code-name").fill("adder");
      await write(WRONG);
      await page.getByTestId("code-download").click();
      const error = page.getByTestId("code-error");
      await expect.poll(() => error.getAttribute("data-line"), PATIENCE).toBe("2");
      expect(await error.textContent()).toContain("v_plus");
      await page.locator(".cm-lintRange-error").waitFor(PATIENCE);
      await shoot("error");
      // What is written outlives the view.
      await page.locator('.rail-link[href="#way"]').click();
      await page.locator('.rail-link[href="#environments"]').click();
      await expect.poll(() => editor().textContent(), PATIENCE).toContain("v_plus");
      await write(MENDED);
      await page.getByTestId("code-download").click();
      await page.getByTestId("code").waitFor(PATIENCE);
      expect(await page.getByTestId("code").textContent()).toContain("v_addi r3, r3, r4");
      await page.locator("input[name=message]").fill("20, x");
      await page.getByTestId("activate").click();
      await page.getByText("x is no word of 32 bits.").waitFor(PATIENCE);
      await page.locator("input[name=message]").fill("20, 22");
      await page.getByTestId("activate").click();
      await expect.poll(() => page.getByTestId("activated").textContent(), PATIENCE).toMatch(/It gave back 42/);
      const words = await page
        .getByRole("region", { name: "Environment adder" })
        .locator(".card-head .hint")
        .textContent();
      expect(words).toMatch(/^downloaded code · 1 page · [\d\u202f]+ activations? · .* fuel used · of root$/);
      await shoot("code");
    });

    test("a slice is given and taken, and the strip shows whose it is", async () => {
      await dismiss();
      const strip = page.getByTestId("slices");
      const titles = () => strip.locator("rect title").allTextContents();
      // One it has from the beginning.
      const owned = async () => (await titles()).filter((title) => !title.endsWith("nobody's"));
      await expect.poll(owned, PATIENCE).toEqual(["slice 0: adder"]);
      await page.getByLabel("Give it slice").fill("5");
      await page.getByRole("button", { name: "Give" }).click();
      await page.getByRole("button", { name: "Take slice 5" }).waitFor(PATIENCE);
      await page.getByLabel("Give it slice").fill("17");
      await page.getByRole("button", { name: "Give" }).click();
      await page.getByRole("button", { name: "Take slice 17" }).waitFor(PATIENCE);
      await page.getByLabel("Give it slice").fill("5");
      await page.getByRole("button", { name: "Give" }).click();
      await page.getByText("Somebody owns this slice").waitFor(PATIENCE);
      await expect.poll(async () => (await titles())[5], PATIENCE).toBe("slice 5: adder");
      await shoot("slices");
      await page.getByRole("button", { name: "Take slice 5" }).click();
      await expect.poll(async () => (await titles())[5], PATIENCE).toBe("slice 5: nobody's");
    });

    test("destroying asks first", async () => {
      await page.getByRole("button", { name: "Destroy" }).click();
      await page.getByRole("button", { name: "Cancel" }).click();
      expect(await row("adder").count()).toBe(1);
      await page.getByRole("button", { name: "Destroy" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Destroy" }).click();
      await expect.poll(() => row("adder").count(), PATIENCE).toBe(0);
    });

    test("nothing was complained of", () => expect(found).toEqual([]));

    async function held(name: string): Promise<number> {
      return page.evaluate(async (wanted) => {
        const rows: { name: string; pages: number }[] = await (await fetch("api/v1/environments")).json();
        return rows.find((one) => one.name === wanted)?.pages ?? -1;
      }, name);
    }

    /** What a token may: look at filters; destroy what there is not. */
    /** Text of one that is derived from that of this token. */
    async function derived(token: string, wanted: object): Promise<string> {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify(wanted) };
      const answer = await fetch(`${new URL(page.url()).origin}/api/v1/capabilities`, init);
      const { text }: { text: string } = await answer.json();
      return text;
    }

    async function allowed(token: string): Promise<number[]> {
      const origin = new URL(page.url()).origin;
      const headers = { authorization: `Bearer ${token}` };
      const looked = await fetch(`${origin}/api/v1/filters`, { headers });
      const changed = await fetch(`${origin}/api/v1/environments/77`, { method: "DELETE", headers });
      return [looked.status, changed.status];
    }
  },
);

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
    .filter((element) => element.closest(".scroll-x, .table, .hidden, .code-listing, .cm-editor, svg") === null)
    .map((element) => element.getBoundingClientRect().right);
  return Math.floor(Math.max(document.documentElement.scrollWidth, ...edges));
}
