// The least that there can be.
import { type Message, pass } from "exonet/ash";

export default function empty(message: Message) {
  return pass;
}
