// Tells other environments, and wakes its own.
import type { Message } from "exonet/ash";
import { pass, record, transfer, u32, wake } from "exonet/ash";

const told = record({ taken: u32, refused: u32 });

export default function tell(message: Message) {
  if (message.number % 3 !== 0) return pass;
  if (transfer(0, message.number, message.length, u32(message.time >> 32n))) told.taken += 1;
  else told.refused += 1;
  transfer(message.port % 2, 1, 2, 3);
  wake(message.number);
  if (told.refused > 2 && !transfer(1, 0, 0, 0xffffffff)) {
    wake(0xffffffff);
    told.refused = 0;
  }
  return pass;
}
