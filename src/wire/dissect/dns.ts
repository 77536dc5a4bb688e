/** A DNS message's layer: its header, then a field for each question and each record. */
import { DNS, DNS_OCTETS, type DnsMessage, type DnsRecord, readName, readQuestion, readRecord } from "../dns.js";
import { u16 } from "../octets.js";
import { printDnsData } from "../print/dns.js";
import { has, type Piece } from "../print/piece.js";
import { dnsTypeName } from "../registry.js";
import { DNS_HEADER } from "./headers.js";
import type { Access, LayerField } from "./layer.js";
import { addHeader, fieldAt, type Walk } from "./walk.js";

/** Questions and records that have a field. */
const MOST_RECORDS = 64;
const SECTIONS = [
  ["dns.resp", "Answer", DNS.answers],
  ["dns.auth", "Authority", DNS.authorities],
  ["dns.add", "Additional", DNS.additional],
] as const;

export function dissectDns(walk: Walk, piece: Piece, access: Access | undefined): void {
  if (!has(piece, DNS_OCTETS)) {
    addHeader(walk, piece, DNS_HEADER, access);
    return;
  }
  const message = { octets: piece.octets, at: piece.at, end: piece.end };
  const { fields, next } = entries(walk, piece, message);
  addHeader(walk, piece, DNS_HEADER, access, next === undefined ? piece.wireEnd - piece.at : next - piece.at, fields);
}

/** Fields until the message ends or makes no sense; `next`: the octet behind the last, undefined if it should go on. */
function entries(walk: Walk, piece: Piece, message: DnsMessage): { fields: LayerField[]; next: number | undefined } {
  const fields: LayerField[] = [];
  const left = () => MOST_RECORDS - fields.length;
  let place = message.at + DNS_OCTETS;
  for (let i = Math.min(u16(message.octets, message.at + DNS.questions.offset), left()); i > 0; i--) {
    const question = readQuestion(message, place);
    if (question === undefined) return { fields, next: undefined };
    const value = `${question.name} ${dnsTypeName(question.type)}`;
    fields.push(fieldAt(walk, piece, "dns.qry", "Question", [place, question.next], value));
    place = question.next;
  }
  for (const [name, label, count] of SECTIONS) {
    for (let i = Math.min(u16(message.octets, message.at + count.offset), left()); i > 0; i--) {
      const record = readRecord(message, place);
      if (record === undefined) return { fields, next: undefined };
      fields.push(fieldAt(walk, piece, name, label, [place, record.next], recordText(message, record, place)));
      place = record.next;
    }
  }
  return { fields, next: place };
}

function recordText(message: DnsMessage, record: DnsRecord, place: number): string {
  const name = readName(message, place)?.text ?? "";
  return `${name} ${dnsTypeName(record.type)}${printDnsData(message, record)}`;
}
