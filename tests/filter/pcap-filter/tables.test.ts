/**
 * Our tables of names beside what libpcap finds for them, where tcpdump is installed with libpcap 1.10.3, and
 * for names that it asks the machine for, where they are those of netbase 6.4, as ours are. Else nothing here is asked.
 */
import { describe, expect, test } from "vitest";
import { ErrorList } from "../../../src/filter/error.js";
import { parsePcapFilter } from "../../../src/filter/pcap-filter/parser.js";
import { etherTypeOf, llcSapOf, protocolNames, protocolOf } from "../../../src/filter/pcap-filter/protocols.js";
import { portOf, portRangeOf, serviceNames } from "../../../src/filter/pcap-filter/services.js";
import {
  frameDirOf,
  frameKindOf,
  frameSubtypeOf,
  frameTypeOf,
  llcFormOf,
  pfActionOf,
  pfReasonOf,
} from "../../../src/filter/pcap-filter/special-words.js";
import { EtherType } from "../../../src/wire/ethernet.js";
import { HAS_SAME_LIBPCAP } from "../../installed.js";
import { each, SAME_NAMES, unoptimised } from "./tcpdump.js";

/** Names asked for in one text. */
const AT_ONCE = 40;

const NUMBER_WORDS = `
  icmptype icmpcode icmp-echoreply icmp-unreach icmp-sourcequench icmp-redirect icmp-echo icmp-routeradvert
  icmp-routersolicit icmp-timxceed icmp-paramprob icmp-tstamp icmp-tstampreply icmp-ireq icmp-ireqreply icmp-maskreq
  icmp-maskreply icmp6type icmp6code icmp6-destinationunreach icmp6-packettoobig icmp6-timeexceeded
  icmp6-parameterproblem icmp6-echo icmp6-echoreply icmp6-multicastlistenerquery icmp6-multicastlistenerreportv1
  icmp6-multicastlistenerdone icmp6-routersolicit icmp6-routeradvert icmp6-neighborsolicit icmp6-neighboradvert
  icmp6-redirect icmp6-routerrenum icmp6-nodeinformationquery icmp6-nodeinformationresponse
  icmp6-ineighbordiscoverysolicit icmp6-ineighbordiscoveryadvert icmp6-multicastlistenerreportv2
  icmp6-homeagentdiscoveryrequest icmp6-homeagentdiscoveryreply icmp6-mobileprefixsolicit icmp6-mobileprefixadvert
  icmp6-certpathsolicit icmp6-certpathadvert icmp6-multicastrouteradvert icmp6-multicastroutersolicit
  icmp6-multicastrouterterm tcpflags tcp-fin tcp-syn tcp-rst tcp-push tcp-ack tcp-urg tcp-ece tcp-cwr
`;

const MANAGEMENT = `
  assocreq assoc-req assocresp assoc-resp reassocreq reassoc-req reassocresp reassoc-resp probereq probe-req proberesp
  probe-resp beacon atim disassoc disassociation auth authentication deauth deauthentication
`;
const CONTROL = "ps-poll rts cts ack cf-end cf-end-ack";
const DATA = `
  data data-cf-ack data-cf-poll data-cf-ack-poll null cf-ack cf-poll cf-ack-poll qos-data qos-data-cf-ack
  qos-data-cf-poll qos-data-cf-ack-poll qos qos-cf-poll qos-cf-ack-poll
`;
const REASONS = `
  match bad-offset fragment short normalize memory bad-timestamp congestion ip-option proto-cksum state-mismatch
  state-insert state-limit src-limit synproxy
`;
const ACTIONS = "pass accept drop block scrub noscrub nat nonat binat nobinat rdr nordr synproxy-drop";

/** Link type, text, and the number that is compared. */
const SPECIAL: readonly (readonly [string, string, number | undefined])[] = [
  ...split("data mgt management ctl control").map((word) => ["IEEE802_11", `type ${word}`, frameTypeOf(word)] as const),
  ...subtypes("mgt", MANAGEMENT),
  ...subtypes("ctl", CONTROL),
  ...subtypes("data", DATA),
  ...split("nods tods fromds dstods").map((word) => ["IEEE802_11", `dir ${word}`, frameDirOf(word)] as const),
  ...split("rr rnr rej ui ua disc dm sabme test xid frmr").map((word) => {
    const form = llcFormOf(word);
    return ["EN10MB", `llc ${word}`, form && "control" in form ? form.control : undefined] as const;
  }),
  ...split(REASONS).map((word) => ["PFLOG", `reason ${word}`, pfReasonOf(word)] as const),
  ...split(ACTIONS).map((word) => ["PFLOG", `action ${word}`, pfActionOf(word)] as const),
];

function subtypes(type: string, words: string): (readonly [string, string, number | undefined])[] {
  const bits = frameTypeOf(type) ?? -1;
  return split(words).flatMap((word) => [
    ["IEEE802_11", `type ${type} subtype ${word}`, bits | (frameSubtypeOf(bits, word) ?? -1)] as const,
    ["IEEE802_11", `subtype ${word}`, frameKindOf(word)] as const,
  ]);
}

function split(words: string): string[] {
  return words.trim().split(/\s+/);
}

/** Compares `len` with the word: what number does it make? */
function numberOf(word: string): number | undefined {
  const relation = parsePcapFilter(`len = ${word}`, new ErrorList(word));
  return relation?.kind === "relation" && relation.right.kind === "number" ? relation.right.value : undefined;
}

/** The constants in the code of each of the texts, which all begin with comparing the EtherType with `first`. */
async function constants(texts: readonly string[], first: number): Promise<number[][]> {
  const all: number[][] = [];
  for (let at = 0; at < texts.length; at += AT_ONCE) {
    const code = await unoptimised(texts.slice(at, at + AT_ONCE).join(" or "));
    if (typeof code === "string") throw new Error(code);
    for (const number of code.flatMap((line) =>
      [...line.matchAll(/#(0x[0-9a-f]+)/g)].map(([, found]) => Number(found)),
    ))
      if (number === first) all.push([]);
      else all.at(-1)?.push(number);
  }
  return all;
}

describe.skipIf(!HAS_SAME_LIBPCAP || !SAME_NAMES)("names beside libpcap's", () => {
  test("every service has its port and its transports", { timeout: 60_000 }, async () => {
    const names = serviceNames();
    const found = await constants(
      names.map((name) => `port \\${name}`),
      EtherType.ipv6,
    );
    // Compared with the numbers of SCTP, TCP and UDP where the name is of more than one.
    expect(found.length).toBe(names.length);
    const differ = names.filter((name, at) => {
      const { port, transports } = portOf(name) ?? { port: -1, transports: [] };
      const protocols = transports.length === 2 ? [6, 17, 132] : [transports[0] === "tcp" ? 6 : 17];
      const numbers = found[at] ?? [];
      const theirs = [6, 17, 132].filter((number) => number !== port && numbers.includes(number));
      return !numbers.includes(port) || theirs.join() !== protocols.join();
    });
    expect(differ).toEqual([]);
  });

  test.each(["80", "080", "+80", "70000", "99999999999", "4294967376", "-1", "0x50", "4294967295", "x400", "HTTP"])(
    "a number as a name: port \\%s",
    async (name) => {
      const code = await unoptimised(`port \\${name}`);
      const port = portOf(name)?.port;
      if (typeof code === "string") expect(port, code).toBeUndefined();
      else expect(code.join("\n")).toContain(`#0x${port?.toString(16)} `);
    },
  );

  test.each([
    "1-1024",
    "010-020",
    "ftp-http",
    "domain-http",
    "syslog-80",
    "80",
    "ftp-data-http",
    "http",
    "1-2x",
    "-80",
  ])("a range as a name: portrange \\%s", async (name) => {
    const code = await unoptimised(`portrange \\${name}`);
    const range = portRangeOf(name);
    if (typeof code === "string") expect(range, code).toBeUndefined();
    // Smaller first: that is how libpcap compares.
    else
      for (const end of [range?.first, range?.last])
        expect(code.join("\n")).toMatch(new RegExp(`j(?:gt|ge) +#0x${end?.toString(16)} `));
  });

  test("every name of a protocol has its number", { timeout: 60_000 }, async () => {
    const ip = protocolNames();
    const found = await constants(
      ip.map((name) => `ip proto \\${name}`),
      EtherType.ipv4,
    );
    expect(found.map(([number]) => number)).toEqual(ip.map(protocolOf));
    const types = ["aarp", "arp", "atalk", "decnet", "ip", "ip6", "lat", "loopback", "mopdl", "moprc", "rarp", "sca"];
    for (const name of types)
      expect(await unoptimised(`ether proto \\${name}`), name).toContainEqual(
        expect.stringMatching(`#0x${etherTypeOf(name)?.toString(16)} `),
      );
    for (const name of ["iso", "stp", "ipx", "netbeui"])
      expect(await unoptimised(`ether proto \\${name}`), name).toContainEqual(
        expect.stringMatching(`#0x(?:${llcSapOf(name)?.toString(16)}){1,2} `),
      );
  });
});

describe.skipIf(!HAS_SAME_LIBPCAP)("words beside libpcap's", () => {
  test("every word of a number has its number", { timeout: 60_000 }, async () => {
    const differ: string[] = [];
    await each(split(NUMBER_WORDS), async (word) => {
      const code = await unoptimised(`len = ${word}`);
      const loaded = `ld       #0x${numberOf(word)?.toString(16)}`;
      if (typeof code === "string" || !code.some((line) => line.endsWith(loaded))) differ.push(`${word}: ${code}`);
    });
    expect(differ).toEqual([]);
  });

  test("every word of 802.11, LLC and pf has its number", { timeout: 60_000 }, async () => {
    const differ: string[] = [];
    await each(SPECIAL, async ([linkType, text, number]) => {
      const code = await unoptimised(text, linkType);
      const last = typeof code === "string" ? code : (code.filter((line) => line.includes("jeq")).at(-1) ?? "");
      if (!last.includes(`jeq      #0x${number?.toString(16)} `)) differ.push(`${text}: ${last}`);
    });
    expect(differ).toEqual([]);
  });
});
