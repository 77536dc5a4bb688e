// A payload under a key that changes with each message, then its CRC.
import { array, crc32, type Message, pass, pipeline, record, u8, u32, xor } from "exonet/ash";

const secret = xor(0x5a5a5a5a);
const check = crc32();
const before = pipeline(check, secret);
const buffer = array(u8, 256);
const seen = record({ crc: u32, key: u32 });

export default function encrypt(message: Message) {
  let octets = message.length;
  if (octets > 256) octets = 256;
  octets -= octets % 4;
  check.value = 0;
  before.run(message, 0, octets, buffer, 0);
  seen.crc = check.value;
  seen.key = secret.key;
  secret.key = secret.key * 1664525 + 1013904223;
  return pass;
}
