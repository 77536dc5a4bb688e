/**
 * Whether TypeScript, too, has nothing against a text that is right in all else. It follows what names and fields were compared to, and complains
 * where things are compared, or cases written, that are known to differ. This is its analysis again (its handbook, "Narrowing"), of the subset that the
 * language has: where the two could differ, this one takes less to be possible, and refuses more.
 */
import type { Complaints } from "./complaints.js";
import { BEGIN } from "./knowledge.js";
import { Typing } from "./narrow-expression.js";
import { Narrowing } from "./narrow-statement.js";
import type { Text } from "./syntax.js";
import { Variables } from "./variables.js";

export function checkNarrowing(text: Text, complaints: Complaints): void {
  const narrowing = new Narrowing(new Typing(new Variables(text), complaints));
  text.constants.reduce((knowledge, declaration) => narrowing.declare(knowledge, declaration), BEGIN);
  for (const { body } of text.functions) narrowing.list(BEGIN, body);
}
