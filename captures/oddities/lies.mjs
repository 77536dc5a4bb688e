/** Lengths, versions and checksums that are not true, and frames that end too early: nothing may read beyond the end. */
import { cat, ethernet, filler, ip, tagged, tcp, text, zeros } from "./frames.mjs";
import { client, client6, clientCard, frame, packet, query, server, server6, serverCard } from "./hosts.mjs";

const request = tcp(41300, 80, "PA", {}, text("GET / HTTP/1.0\r\n\r\n"));
const question = query(41300);

export function* headers() {
  for (const words of [0, 4, 6, 15]) yield packet(client, server, request, { words });
  for (const version of [0, 6, 15]) yield packet(client, server, request, { version });
  for (const length of [0, 19, 30, 4000]) yield packet(client, server, request, { length });
  for (const length of [0, 10, 4000]) yield packet(client6, server6, request, { length });
  for (const words of [0, 4, 15]) yield packet(client, server, tcp(41300, 80, "PA", { words }, text("GET / ")));
}

/** One fault in a frame: the value of one octet. */
function spoilt(good, place, value) {
  const bad = Buffer.from(good);
  bad[place] = value;
  return bad;
}

export function* fields() {
  const [segment, datagram] = [packet(client, server, request), packet(client, server, question)];
  yield spoilt(segment, 24, segment[24] ^ 0x55); // the header's checksum
  yield spoilt(segment, 50, segment[50] ^ 0x55); // the segment's
  yield spoilt(datagram, 39, 4); // a UDP length shorter than its own header
  yield spoilt(datagram, 38, 0xff); // and one beyond the end
  yield spoilt(packet(client6, server6, question), 20, 43); // a datagram that is said to be a routing header
  yield spoilt(packet(client6, server6, request), 14, 0x45);
  yield ethernet("00:00:00:00:00:00", "00:00:00:00:00:00", 0x0800, ip(client, server, question).octets);
  yield ethernet(serverCard, "ff:ff:ff:ff:ff:ff", 0x0800, ip(client, server, question).octets);
  // A length of IEEE 802.3 beyond the end, and types that are neither length nor type.
  yield ethernet(serverCard, clientCard, 1500, "aa aa 03 000000 0800", ip(client, server, question).octets);
  for (const type of [0, 1501, 1535, 1536]) yield ethernet(serverCard, clientCard, type, filler(46));
}

export function* ends() {
  const whole = {
    segment: packet(client, server, request),
    six: packet(client6, server6, request),
    datagram: packet(client, server, question),
  };
  for (const octets of [14, 15, 23, 24, 33, 34, 35, 36, 37, 38, 46, 47, 48, 53, 54, 57])
    yield whole.segment.subarray(0, octets);
  for (const octets of [20, 21, 53, 54, 55, 56, 57, 58, 67, 68]) yield whole.six.subarray(0, octets);
  for (const octets of [35, 37, 39, 41, 42, 51]) yield whole.datagram.subarray(0, octets);
  for (const octets of [20, 22, 30, 37, 38]) yield tagged("8100 000a", whole.segment).subarray(0, octets);
  // A tag that ends earlier is dropped by the kernel before anybody hears it.
  yield ethernet(serverCard, clientCard, 0x8847);
  yield ethernet(serverCard, clientCard, 0x8847, "0006 40"); // a label without its end
  yield ethernet(serverCard, clientCard, 0x8864, "11 00");
  yield ethernet(serverCard, clientCard, 0x0806, "0001 0800 06");
  yield ethernet("01:80:c2:00:00:00", clientCard, 3, "42 42 03");
  yield ethernet("01:80:c2:00:00:00", clientCard, 1, "42");
  yield cat(frame(ip(client, server, request)), zeros(6)); // and one that goes on after its end
}
