// Fields whose names are those of the language's own things.
import { type Message, pass, record, u32 } from "exonet/ash";

const state = record({ fields: u32, type: u32, length: u32, value: u32 });

export default function handler(message: Message) {
  state.fields += 1;
  state.type += message.link;
  state.length = message.length;
  state.value = state.fields + state.type;
  return pass;
}
