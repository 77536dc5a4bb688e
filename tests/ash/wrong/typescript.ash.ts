// --- a decorator before the exported function
import { type Message, pass } from "exonet/ash";

@nothing // error E_TYPE_DECLARATION
export default function handler(message: Message) {
  return message.length > 0 ? pass : pass;
}
// --- a decorator of a parameter
import { type Message, pass } from "exonet/ash";

export default function handler(@nothing message: Message) { // error E_TYPE_DECLARATION
  return message.length > 0 ? pass : pass;
}
// --- a pipe's function with a type parameter
import { map, type Message, pass, pipeline, u8 } from "exonet/ash";

const same = map(u8, <T>(word) => word); // error E_GENERIC
const way = pipeline(same);

export default function handler(message: Message) {
  way.read(message, 0, message.length);
  return pass;
}
