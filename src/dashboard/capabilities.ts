/** Who may what: the caller's own capability and all below it, as a tree; deriving, weakening and revoking. */
import { signal } from "@preact/signals";
import type { Capability, Right } from "../control/protocol.js";
import { request } from "./http.js";

/** In the order in which the kernel lists them, and what each allows; a right that is missing here does not compile. */
export const RIGHT_WORDS: Readonly<Record<Right, string>> = {
  observe: "read everything that is shown",
  store: "keep and delete captures and filters",
  replay: "play captures, choose the target",
  bind: "bind filters",
  priority: "bind with a priority above 0",
  create: "make and destroy environments",
  grant: "give capabilities to environments",
  allocate: "take and share pages",
  transmit: "send frames",
  handler: "put handlers on bindings, and take them off",
};
const RIGHTS = Object.keys(RIGHT_WORDS);

/** The caller's own first, each before those that were derived from it. */
export const capabilities = signal<readonly Capability[]>([]);

export async function loadCapabilities(): Promise<void> {
  const told = await request<readonly Capability[]>("GET", "capabilities");
  capabilities.value = told.toSorted((a, b) => compare(a.path.split("/"), b.path.split("/")));
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = (a[at] ?? "").localeCompare(b[at] ?? "");
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Steps below the caller's own. */
export function depthOf(capability: Capability): number {
  const own = capabilities.value[0]?.path.split("/").length ?? 1;
  return capability.path.split("/").length - own;
}

export function nameOf(capability: Capability): string {
  return capability.path.split("/").at(-1) ?? capability.path;
}

/** Those that end with it, without itself. */
export function belowOf(capability: Capability): readonly Capability[] {
  return capabilities.value.filter(({ path }) => path.startsWith(`${capability.path}/`));
}

export function rightsText({ rights }: Capability): string {
  if (rights.length === RIGHTS.length) return "everything";
  return rights.length === 0 ? "nothing" : rights.join(", ");
}

export interface WantedCapability {
  readonly name: string;
  readonly rights: readonly string[];
  readonly expires: number;
  readonly frames?: { readonly text: string; readonly language: "dpf" | "pcap-filter" };
  readonly environment?: number;
}

/** A text is told here and nowhere else; one for an environment has a handle instead. */
export interface Derived {
  readonly text?: string;
  readonly handle?: number;
  readonly capability: Capability;
}

export async function derive(wanted: WantedCapability): Promise<Derived> {
  const made = await request<Derived>("POST", "capabilities", { json: wanted });
  await loadCapabilities();
  return made;
}

/** What it is to have; what is not said stays. */
export type WeakerCapability = Pick<WantedCapability, "rights" | "frames"> & { readonly expires?: number };

/** Its new text, told here and nowhere else; and how many below it, and bindings, ended. */
export interface Weakened {
  readonly text: string;
  readonly capability: Capability;
  readonly ended: number;
  readonly bindings: number;
}

export async function weaken({ serial }: Capability, wanted: WeakerCapability): Promise<Weakened> {
  const made = await request<Weakened>("POST", `capabilities/${serial}/weaken`, { json: wanted });
  await loadCapabilities();
  return made;
}

/** How many capabilities and bindings ended. */
export async function revoke(capability: Capability): Promise<{ readonly ended: number; readonly bindings: number }> {
  const ended = await request<{ ended: number; bindings: number }>("DELETE", `capabilities/${capability.serial}`);
  await loadCapabilities();
  return ended;
}
