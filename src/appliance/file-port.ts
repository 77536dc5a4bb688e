import { Refusal } from "../kernel/refusal.js";
import type { OpenFile } from "./port-calls.js";

export const openFilePort: OpenFile = () => {
  throw new Refusal("E_PORT_FILE");
};
