// Entered, found, deleted and entered again, in a table that is always full.
import { type Message, pass, record, shape, table, u16, u32 } from "exonet/ash";

const few = table(u32, shape({ at: u32, again: u16 }), 4);
const told = record({ fresh: u32, old: u32, gone: u32, missing: u32, size: u32 });

export default function churn(message: Message) {
  const base = message.number % 11;
  for (let i = 0; i < 5; i++) {
    const entry = few.enter((base + i * 3) % 7);
    if (entry.at === 0) told.fresh += 1;
    else told.old += 1;
    entry.at = message.number;
    entry.again += 1;
  }
  for (let i = 0; i < 7; i += 2) {
    const entry = few.find(i);
    if (entry === undefined) {
      told.missing += 1;
      continue;
    }
    if (entry.again % 3 === 0 && few.delete(i)) told.gone += 1;
  }
  if (few.delete(1000)) told.gone += 1000;
  told.size = few.size;
  return pass;
}
