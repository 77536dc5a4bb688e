/** What `npm start` shows first: the demo's profile, already playing. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { complaints, launch } from "./chromium.js";
import { missing, serve } from "./served.js";

test.skipIf(missing !== undefined)(
  `the demo's page shows a rate within 3 s${missing ? ` (skipped: ${missing} is not built)` : ""}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "exonet-demo-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { link, stop } = await serve(join(folder, "data"), "--profile", "filters/demo.profile.json");
    onTestFinished(stop);
    const browser = await launch();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const found = complaints(page);
    await page.goto(link);
    const rate = async () => Number(await page.getByTestId("received-rate").getAttribute("data-value"));
    await expect.poll(rate, { timeout: 3000 }).toBeGreaterThan(0);
    expect(found).toEqual([]);
  },
);
