/** The errors that stand at a call of downloaded code in the interface, for whoever writes such code. */
import { readFileSync } from "node:fs";
import { DownloadedCall, type DownloadedCallName } from "../../src/kernel/abi.js";

const TEXT = readFileSync("src/kernel/abi-downloaded.ts", "utf8");
const BODY = TEXT.slice(TEXT.indexOf("export const DownloadedCall"));

export const CALL_NAMES = Object.keys(DownloadedCall).filter(isCallName);

export function listed(name: DownloadedCallName): string[] {
  const end = BODY.search(new RegExp(`^  ${name}: ${DownloadedCall[name]},`, "m"));
  if (end < 0) throw new Error(`${name} does not stand in the interface`);
  const doc = BODY.slice(BODY.lastIndexOf("/**", end), end);
  return doc.match(/\bE_[A-Z_]+/g) ?? [];
}

export function callOf(number: number | undefined): DownloadedCallName | undefined {
  return CALL_NAMES.find((name) => DownloadedCall[name] === number);
}

function isCallName(name: string): name is DownloadedCallName {
  return name in DownloadedCall;
}
