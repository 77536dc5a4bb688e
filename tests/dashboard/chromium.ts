/** A real browser for the page: CHROMIUM, else the system's, else the one that an npm package ships. */
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];
const SYSTEM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: await executable(), args: ARGUMENTS });
}

async function executable(): Promise<string> {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== "") return named;
  const found = SYSTEM.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const { default: shipped } = await import("@sparticuz/chromium");
  return shipped.executablePath();
}

/** What the page complained of: errors of scripts, of the policy, of requests that failed unexpectedly. */
export function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(String(error.stack)));
  page.on("console", (message) => {
    // A refused request is told by the browser, too; tests that provoke one look at what the page says of it.
    const refused = /the server responded with a status of/.test(message.text());
    if (message.type() === "error" && !refused) found.push(message.text());
  });
  return found;
}

/** What is asked of the address (with ** for any beginning) is answered when it is let go. */
export async function hold(page: Page, address: string) {
  let answer = () => {};
  const going = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const asked = page.waitForRequest(address);
  await page.route(address, async (route) => {
    await going;
    // Nobody may wait for it any more.
    await route.continue().catch(() => {});
  });
  const letGo = async () => {
    answer();
    await page.unroute(address);
  };
  return { asked, letGo };
}

/** Writes over what an editor holds. */
export async function write(page: Page, text: string): Promise<void> {
  const content = page.locator("[data-testid=filter-editor] .cm-content");
  await content.click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}
