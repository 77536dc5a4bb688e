/** 802.11 and radiotap as layers: addresses by their places in the header, data frames down to the network layer. */
import { field } from "../field.js";
import { u8 } from "../octets.js";
import { after, has, type Piece, upTo } from "../print/piece.js";
import { printWifi, wifiDataHeader } from "../print/wifi.js";
import { RADIOTAP_OCTETS, readRadiotap } from "../radiotap.js";
import { row } from "./layer.js";
import { dissectLlc } from "./network.js";
import { addData, addHeader, addSummary, fieldAt, type Header, type Walk } from "./walk.js";

const RADIOTAP_HEADER: Header = { name: "radiotap", label: "Radiotap", rows: [], octets: RADIOTAP_OCTETS };

export function dissectRadiotap(walk: Walk, piece: Piece): void {
  const header = readRadiotap(piece.octets, piece.at, piece.end);
  if (header === undefined) {
    addSummary(walk, piece, "radiotap", "Radiotap", "[|802.11_radio]");
    return;
  }
  const whole = [piece.at, piece.at + header.length] as const;
  const fields = [
    ["radiotap.datarate", "Rate", header.rate === undefined ? undefined : `${(header.rate / 2).toFixed(1)} Mb/s`],
    ["radiotap.channel.freq", "Channel", header.channel === undefined ? undefined : `${header.channel} MHz`],
    ["radiotap.dbm_antsignal", "Signal", header.signal === undefined ? undefined : `${header.signal} dBm`],
  ] as const;
  const told = fields.flatMap(([name, label, value]) =>
    value === undefined ? [] : [fieldAt(walk, piece, name, label, whole, value)],
  );
  if (!addHeader(walk, piece, RADIOTAP_HEADER, undefined, header.length, told)) return;
  const frame = after(piece, header.length);
  dissectWifi(walk, header.fcs ? upTo(frame, frame.wireEnd - 4) : frame, header.padded);
}

const WIFI_HEADER: Header = {
  name: "wlan",
  label: "802.11",
  octets: 24,
  rows: [
    row("wlan.fc.subtype", "Subtype", field("wlan.subtype", 0, 4)),
    row("wlan.fc.type", "Type", field("wlan.type", 0, 2, 4)),
    row("wlan.fc.protected", "Protected", field("wlan.protected", 1, 1, 1), "flag"),
    row("wlan.fc.fromds", "From the distribution system", field("wlan.fromDs", 1, 1, 6), "flag"),
    row("wlan.fc.tods", "To the distribution system", field("wlan.toDs", 1, 1, 7), "flag"),
    row("wlan.addr1", "Address 1", field("wlan.address1", 4, 48), "mac", "wlan addr1 %"),
    row("wlan.addr2", "Address 2", field("wlan.address2", 10, 48), "mac", "wlan addr2 %"),
    row("wlan.addr3", "Address 3", field("wlan.address3", 16, 48), "mac", "wlan addr3 %"),
  ],
};
/** Acknowledgments and their kin have one address, or two. */
const SHORT_HEADER: Header = { ...WIFI_HEADER, octets: 10, rows: WIFI_HEADER.rows.slice(0, 6) };

const DATA = 2;
const CONTROL = 1;

export function dissectWifi(walk: Walk, piece: Piece, padded = false): void {
  if (!has(piece, 2)) return addSummary(walk, piece, "wlan", "802.11", printWifi(piece));
  const { octets, at } = piece;
  const first = u8(octets, at);
  const flags = u8(octets, at + 1);
  const type = (first >> 2) & 3;
  const length = type === DATA ? wifiDataHeader(first >> 4, flags) : type === CONTROL ? 10 : 24;
  if (!addHeader(walk, piece, type === CONTROL ? SHORT_HEADER : WIFI_HEADER, undefined, length)) return;
  const payload = after(piece, padded && type === DATA ? (length + 3) & ~3 : length);
  const several = (first & 0x80) !== 0 && (u8(octets, at + ((flags & 3) === 3 ? 30 : 24)) & 0x80) !== 0;
  const empty = (first & 0x40) !== 0;
  if (type === 0) addSummary(walk, payload, "wlan.mgt", "802.11 management", printWifi(piece));
  else if (type !== DATA || empty || several || (flags & 0x40) !== 0) addData(walk, payload);
  // Filters step over the header as it is on the air, without the capture's padding or HT control.
  else dissectLlc(payload.at === at + length && (flags & 0x80) === 0 ? walk : { ...walk, before: undefined }, payload);
}
