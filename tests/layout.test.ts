import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, test } from "vitest";

/**
 * The import table of DESIGN.md, Layers: a folder may import the folders (or single files) named
 * here, and nothing else of ours. Deviations are explained in ARCHITECTURE.md.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  machine: [],
  wire: [],
  vcode: [],
  capture: ["machine"],
  nic: ["machine"],
  dpf: ["vcode"],
  ash: ["vcode"],
  kernel: ["machine", "nic", "dpf", "vcode"],
  filter: ["wire", "vcode", "dpf/atom", "dpf/print"],
  libos: ["wire", "filter", "vcode", "ash", "dpf/atom", "kernel/abi", "kernel/kerrno", "machine/chance"],
  appliance: ["machine", "wire", "vcode", "capture", "nic", "dpf", "ash", "kernel", "filter", "libos"],
  store: ["appliance"],
  control: ["appliance", "store", "kernel", "capture", "filter", "wire", "dpf", "machine"],
  cli: [
    "ash",
    "appliance",
    "store",
    "control",
    "kernel",
    "capture",
    "filter",
    "wire",
    "dpf",
    "vcode",
    "machine",
    "nic",
    "libos",
  ],
  dashboard: ["control/protocol"],
};

/** `new Date` of a given time is none: only without arguments does it ask. */
const REAL_CLOCK = /\bDate\.now\b|\bperformance\.(now|timeOrigin)\b|\bprocess\.hrtime\b|\bnew Date(\(\)|(?!\w|\())/;
/** Nothing is decided by what the last three ask: the page draws, a bench and a compiler's statistics report. */
const MAY_ASK_THE_CLOCK = ["src/machine/clock.ts", "src/dashboard/", "src/cli/bench", "src/dpf/dpf.ts"];

const SRC = "src";
const IMPORT = /(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g;

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function imports(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(IMPORT)].map((match) =>
    relative(SRC, normalize(join(dirname(file), match[1] ?? ""))).replace(/\.(js|tsx?)$/, ""),
  );
}

describe("layout", () => {
  const files = sources(SRC);

  test("there are sources to judge", () => expect(files.length).toBeGreaterThan(20));

  test.each(files)("%s imports only what its folder may", (file) => {
    const folder = relative(SRC, file).split("/")[0] ?? "";
    const allowed = MAY_IMPORT[folder];
    expect(allowed, `folder ${folder} is not in the table`).toBeDefined();
    const wrong = imports(file).filter(
      (target) =>
        target.split("/")[0] !== folder && !allowed?.some((may) => target === may || target.startsWith(`${may}/`)),
    );
    expect(wrong).toEqual([]);
  });

  test("new Function occurs in one file", () => {
    const found = files.filter((file) => /new Function\b|\beval\(/.test(readFileSync(file, "utf8")));
    expect(found).toEqual(["src/vcode/js.ts"]);
  });

  test("only the command line reads process.env and process.argv", () => {
    const found = files.filter(
      (file) => /\bprocess\.(env|argv)\b/.test(readFileSync(file, "utf8")) && !file.startsWith("src/cli/"),
    );
    expect(found).toEqual([]);
  });

  test("only machine/clock.ts, the page, and what reports how long something took ask the real clock", () => {
    const found = files.filter((file) => REAL_CLOCK.test(readFileSync(file, "utf8")));
    expect(found.filter((file) => !MAY_ASK_THE_CLOCK.some((may) => file.startsWith(may)))).toEqual([]);
    expect(MAY_ASK_THE_CLOCK.filter((may) => !found.some((file) => file.startsWith(may)))).toEqual([]);
  });

  test.each(files)("%s has at most 400 lines", (file) => {
    expect(readFileSync(file, "utf8").split("\n").length).toBeLessThanOrEqual(401);
  });
});
