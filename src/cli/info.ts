/**
 * `exonet info`: what a capture holds, and what is damaged in it. Exit 0 where it is a capture, also
 * a damaged one, since telling of damage is what was asked for; 1 where no header makes it one.
 */

import { READERS, type Reader } from "../capture/feed.js";
import { type CaptureReport, captureInfo } from "../capture/info.js";
import { linkTypeName } from "../capture/linktype.js";
import { sizeOf } from "./capture-file.js";
import { InputError } from "./failure.js";
import { OctetProgress } from "./octet-progress.js";
import { escapeText } from "./terminal.js";

export interface InfoCommand {
  readonly json?: boolean;
  readonly reader?: string;
}

export async function info(capture: string, { json, reader }: InfoCommand): Promise<number> {
  const progress = await OctetProgress.open(sizeOf(capture));
  const report = await captureInfo(capture === "-" ? process.stdin : capture, {
    ...(reader === undefined ? {} : { reader: knownReader(reader) }),
    timeline: false,
    onProgress: (octets) => progress.update(octets),
  }).finally(() => progress.stop());
  const name = capture === "-" ? "(stdin)" : capture;
  process.stdout.write(json === true ? `${asJson(report)}\n` : asText(name, report));
  if (report.readable) return 0;
  process.stderr.write(`exonet: ${escapeText(name)}: not a capture: ${escapeText(report.damage[0]?.reason ?? "")}\n`);
  return 1;
}

function knownReader(name: string): Reader {
  const known = READERS.find((reader) => reader === name);
  if (known === undefined) throw new InputError("", `no reader is called ${name}; there are ${READERS.join(", ")}`);
  return known;
}

function asJson({ format, packets, linktypes, first_ts, last_ts, truncated, damage }: CaptureReport): string {
  return JSON.stringify({ format, packets, linktypes, first_ts, last_ts, truncated, damage });
}

/** Digits by threes. Intl would take longer to load than a small capture to read. */
function grouped(count: number): string {
  return `${count}`.replace(/\B(?=(\d{3})+$)/g, ",");
}

function asText(name: string, report: CaptureReport): string {
  const { format, packets, octets, linktypes, first_ts, last_ts, truncated, damage, damageTotal } = report;
  const rows: [string, string][] = [
    ["File name:", escapeText(name)],
    ["File type:", format],
    ["Number of packets:", grouped(packets)],
    ["Octets read:", grouped(octets)],
  ];
  for (const [type, count] of Object.entries(linktypes)) {
    rows.push(["Link type:", `${linkTypeName(Number(type))} (${type}): ${grouped(count)} packets`]);
  }
  rows.push(["First packet time:", timeText(first_ts)], ["Last packet time:", timeText(last_ts)]);
  if (first_ts !== null && last_ts !== null) {
    rows.push(["Capture duration:", `${seconds(BigInt(last_ts) - BigInt(first_ts))} seconds`]);
  }
  rows.push(["Cut short:", truncated ? "yes" : "no"]);
  if (damageTotal === 0) rows.push(["Damage:", "none"]);
  for (const { offset, reason } of damage) rows.push(["Damage:", `at octet ${offset}: ${escapeText(reason)}`]);
  if (damageTotal > damage.length) rows.push(["Damage:", `and ${grouped(damageTotal - damage.length)} more`]);
  return rows.map(([label, value]) => `${label.padEnd(20)} ${value}\n`).join("");
}

/** ns as seconds with nine digits. */
function seconds(ns: bigint): string {
  const size = ns < 0n ? -ns : ns;
  const digits = size.toString().padStart(10, "0");
  return `${ns < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

/** What a Date can hold. */
const LATEST_DATE = 8_640_000_000_000_000n * 1_000_000n;

function timeText(ns: string | null): string {
  if (ns === null) return "none";
  const time = BigInt(ns);
  if (time < 0n || time > LATEST_DATE) return `${seconds(time)} seconds since 1970`;
  const date = new Date(Number((time / 1_000_000_000n) * 1000n)).toISOString();
  const fraction = (time % 1_000_000_000n).toString().padStart(9, "0");
  return `${date.slice(0, -5).replace("T", " ")}.${fraction} UTC (${ns} ns)`;
}
