/** Why frames of a handler were not taken, as people read it: on the command line and on the page. */

const WORDS: ReadonlyMap<string, string> = new Map([
  ["rate", "beyond its sends a second"],
  ["right", "it may not send"],
  ["port", "no port takes them"],
  ["length", "too short or too long"],
  ["address", "not in its own pages"],
  ["template", "not what its capability lets it send"],
  ["full", "the port was full"],
  ["hops", "answers to too many answers in a row"],
]);

/** Each cause that there was and how often, the number left out where there is one cause alone; "" without any. */
export function refusedWords(refused: Readonly<Record<string, number>>, figure: (count: number) => string): string {
  const causes = Object.entries(refused).filter(([, count]) => count > 0);
  const words = (cause: string) => WORDS.get(cause) ?? cause;
  if (causes.length === 1) return words(causes[0]?.[0] ?? "");
  return causes.map(([cause, count]) => `${figure(count)} ${words(cause)}`).join(", ");
}
