/** The appliance served as it ships, and its page open in a real browser: what a file of browser tests begins and ends with. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { complaints, launch } from "./chromium.js";
import { type Served, serve } from "./served.js";

/** Where screenshots go. */
export const OUTPUT = "tests/output";
export const PATIENCE = { timeout: 20_000 };
export const VIEWPORT = { width: 1440, height: 900 };

export class Visit {
  /** For the server's data, and for files of the test's; it goes with the visit. */
  readonly folder: string;
  #server: Served | undefined;
  #browser: Browser | undefined;

  constructor(name: string) {
    this.folder = mkdtempSync(join(tmpdir(), `exonet-${name}-`));
  }

  /** The link that the server prints. */
  get link(): string {
    return this.#server?.link ?? "";
  }

  /** The page when it hears of the appliance, and what it complains of from the first on. */
  async begin(): Promise<{ readonly page: Page; readonly found: string[] }> {
    mkdirSync(OUTPUT, { recursive: true });
    this.#server = await serve(join(this.folder, "data"));
    this.#browser = await launch();
    const page = await this.#browser.newPage({ viewport: VIEWPORT, colorScheme: "light" });
    const found = complaints(page);
    await page.goto(this.link);
    await page.locator(".frame[data-connection=live]").waitFor(PATIENCE);
    return { page, found };
  }

  /** Also where it began in part only. */
  async end(): Promise<void> {
    await this.#browser?.close();
    await this.#server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
