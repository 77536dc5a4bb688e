#!/usr/bin/env node
/**
 * Asks tcpdump how many packets of a capture each expression matches.
 *
 *   captures/expect.mjs [FILE.expect …]           writes the counts anew
 *   captures/expect.mjs --check [FILE.expect …]   says which differ, exit status 1 if any does
 *
 * An .expect file lies beside its capture and has lines of
 *
 *   name TAB count TAB DPF filter TAB equal tcpdump expression
 *
 * A new line may have `?` for its count. tcpdump counts with its optimiser and without, which must agree.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { count, octetsOf } from "./tcpdump.mjs";

const here = dirname(fileURLToPath(import.meta.url));

function fail(message) {
  console.error(`expect: ${message}`);
  process.exit(1);
}

/** The lines of an .expect file with tcpdump's counts. */
function recount(file) {
  const octets = octetsOf(file.replace(/\.expect$/, ""));
  return readFileSync(file, "utf8")
    .split("\n")
    .map((line, index) => {
      if (line === "" || line.startsWith("#")) return line;
      const fields = line.split("\t");
      if (fields.length !== 4) fail(`${file}:${index + 1}: ${fields.length} fields, not 4`);
      const [name, , filter, expression] = fields;
      return [name, count(octets, expression), filter, expression].join("\t");
    })
    .join("\n");
}

const { values, positionals } = parseArgs({ options: { check: { type: "boolean" } }, allowPositionals: true });
const files = positionals.length
  ? positionals
  : readdirSync(here)
      .filter((name) => name.endsWith(".expect"))
      .map((name) => join(here, name));

for (const file of files) {
  const [old, now] = [readFileSync(file, "utf8"), recount(file)];
  if (old === now) continue;
  if (!values.check) {
    writeFileSync(file, now);
    console.log(`${basename(file)}: counted anew`);
    continue;
  }
  const [was, is] = [old.split("\n"), now.split("\n")];
  for (let i = 0; i < is.length; i++) if (was[i] !== is[i]) console.error(`${basename(file)}:${i + 1}: ${is[i]}`);
  process.exitCode = 1;
}
