/** What the octets of a TCP stream say of themselves in a line: an HTTP request or status, a TLS client hello, SSH's greeting, DNS. */
import { u8, u16 } from "../octets.js";
import { escapeOctets, escapeSome } from "../text.js";
import { clientHelloName, isClientHello } from "../tls.js";
import { printDns } from "./dns.js";
import { after, has, lengthOf, type Piece, upTo } from "./piece.js";

const HTTP_PORTS: ReadonlySet<number> = new Set([80, 3128, 8080]);
const DNS_PORT = 53;
/** Octets of a request line or greeting that are shown. */
const MOST_LINE = 120;
const METHOD =
  /^(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PROPFIND|NOTIFY|M-SEARCH|SUBSCRIBE|HTTP\/1\.[01]) /;
const LONGEST_METHOD = 10;

/** With `: ` in front; empty where nothing is known. */
export function printTcpPayload(piece: Piece, source: number, destination: number): string {
  const { octets, at, end } = piece;
  if (source === DNS_PORT || destination === DNS_PORT) return printStreamedDns(piece);
  if (isClientHello(octets, at, end)) {
    const name = clientHelloName(octets, at, end);
    return `: TLS: ClientHello${name === undefined ? "" : `, SNI ${escapeOctets(octets, name.from, name.to)}`}`;
  }
  if (at < end && mayBeginText(u8(octets, at))) {
    const start = escapeOctets(octets, at, Math.min(end, at + LONGEST_METHOD));
    if (METHOD.test(start)) return `: HTTP: ${firstLine(piece, "http")}`;
    if (start.startsWith("SSH-")) return `: SSH: ${firstLine(piece, "ssh")}`;
  }
  return HTTP_PORTS.has(source) || HTTP_PORTS.has(destination) ? ": HTTP" : "";
}

/** What printTcpPayload told, in a word: of a text that is not empty. */
export function streamName(text: string): "tls" | "http" | "ssh" | "dns" {
  return text.startsWith(": TLS")
    ? "tls"
    : text.startsWith(": HTTP")
      ? "http"
      : text.startsWith(": SSH")
        ? "ssh"
        : "dns";
}

/** Capital letters only: most payloads are none, and should cost nothing. */
function mayBeginText(octet: number): boolean {
  return octet >= 0x41 && octet <= 0x5a;
}

function firstLine({ octets, at, end, wireEnd }: Piece, protocol: string): string {
  let to = at;
  while (to < end && to - at <= MOST_LINE && u8(octets, to) !== 10 && u8(octets, to) !== 13) to++;
  return escapeSome(octets, at, to, MOST_LINE) + (to === end && end < wireEnd ? ` [|${protocol}]` : "");
}

/** RFC 1035 §4.2.2: a length stands in front of each message. What is longer than its segment may begin inside another: not read. */
function printStreamedDns(piece: Piece): string {
  if (!has(piece, 2)) return ": [|domain]";
  const length = u16(piece.octets, piece.at);
  if (length + 2 > lengthOf(piece)) return "";
  return `: ${printDns(upTo(after(piece, 2), piece.at + 2 + length), false, length)}`;
}
