/**
 * Colours for pcap-filter text: protocols, qualifiers, numbers and addresses told apart as a stream of tokens. What
 * is right and what a filter means is the appliance's business (POST filters/check).
 */
import { StreamLanguage, type StringStream } from "@codemirror/language";
import { highlighting } from "./highlight.js";

const PROTOCOLS = new Set(
  (
    "ether fddi tr wlan ppp slip link ip ip6 arp rarp tcp udp sctp icmp icmp6 igmp igrp pim vrrp carp ah esp radio " +
    "aarp atalk decnet iso clnp esis es-is isis is-is ipx netbeui stp lat moprc mopdl sca l1 l2 iih lsp snp csnp psnp"
  ).split(" "),
);
const QUALIFIERS = new Set(
  (
    "src dst host net mask port portrange proto protochain gateway addr1 addr2 addr3 addr4 address1 address2 address3 " +
    "address4 ra ta type subtype dir direction less greater byte broadcast multicast len length inbound outbound " +
    "ifindex ifname on vlan mpls pppoed pppoes geneve llc rset ruleset rnr rulenum srnr subrulenum reason action " +
    "lane metac bcc oam oamf4 oamf4ec oamf4sc sc ilmic connectmsg metaconnect vpi vci fisu lssu lsu msu hfisu hlssu " +
    "hmsu sio opc dpc sls hsio hopc hdpc hsls"
  ).split(" "),
);
const LOGIC = new Set(["and", "or", "not"]);
/** icmp-echo, tcp-syn, tcpflags …: they stand where numbers may. */
const NAMED_NUMBER = /^(icmp6?(type|code)|tcpflags|(icmp6?|tcp)-[a-z\d]+)$/;

function token(stream: StringStream): string | null {
  if (stream.eatSpace()) return null;
  // With a colon or two dots, or hexadecimal, or followed by no letter: an address or a number, and no word.
  if (stream.match(/^[\da-fA-F]{0,4}:[\da-fA-F:.]+|^[\da-fA-F]{1,2}([-.][\da-fA-F]{1,2}){5}\b/)) return "number";
  if (stream.match(/^0[xX][\da-fA-F]+|^\d+(\.\d+){0,3}(?![\w.])/)) return "number";
  if (stream.match(/^(&&|\|\||!(?!=))/)) return "controlKeyword";
  if (stream.match(/^(<<|>>|[<>=!]=|[-+*/%&|^<>=])/)) return "operator";
  const word = stream.match(/^\\?[A-Za-z\d_][\w.-]*/);
  if (typeof word === "object" && word !== null) return kindOf(word[0]);
  stream.next();
  return null;
}

function kindOf(word: string): string {
  if (LOGIC.has(word)) return "controlKeyword";
  if (PROTOCOLS.has(word)) return "propertyName";
  if (QUALIFIERS.has(word)) return "keyword";
  return NAMED_NUMBER.test(word) ? "number" : "variableName";
}

export const pcapFilter = [StreamLanguage.define({ name: "pcap-filter", token }), highlighting];
