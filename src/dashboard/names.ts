/** Names that the appliance accepts: [a-z0-9][a-z0-9._-]{0,63}. */

const LONGEST = 64;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** What is wrong with a name, in words; null where it is right. `what` needs one. */
export function nameProblem(name: string, what = "A filter"): string | null {
  if (name === "") return `${what} needs a name.`;
  if (NAME.test(name)) return null;
  if (!/^[a-z0-9]/.test(name)) return "A name begins with a small letter or a digit.";
  if (name.length > 64) return "A name has at most 64 characters.";
  return "A name has small letters, digits, dots, dashes and underscores only.";
}

/** The name under which a dropped file is stored: as its own as the rule allows, its extension kept. */
export function captureName(fileName: string): string {
  const clean = fileName
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "");
  if (clean === "") return "capture.pcap";
  if (clean.length <= 64) return clean;
  const extension = /(\.(pcap|pcapng|cap))?(\.gz)?$/.exec(clean)?.[0] ?? "";
  return clean.slice(0, 64 - extension.length) + extension;
}

/** A name for a filter, from its text: tcp dst port 80 → tcp-dst-port-80. */
export function filterName(text: string): string {
  const words = text.toLowerCase().replace(/[^a-z0-9._]+/g, "-");
  const name = words
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, LONGEST)
    .replace(/[^a-z0-9]+$/, "");
  return name === "" ? "filter" : name;
}

/** A name that is not taken: x.pcap → x-2.pcap. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const [, stem = name, extension = ""] = /^(.+?)((?:\.(?:pcap|pcapng|cap))?(?:\.gz)?)$/.exec(name) ?? [];
  for (let number = 2; ; number++) {
    const suffix = `-${number}${extension}`;
    const candidate = stem.slice(0, 64 - suffix.length) + suffix;
    if (!taken.has(candidate)) return candidate;
  }
}
