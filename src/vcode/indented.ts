/** JavaScript as people read it: blocks indented by the braces, which occur in no string of ours, and no empty lines. */
export function indented(source: string): string {
  let depth = 0;
  const lines = source.split("\n").filter((line) => line.trim() !== "");
  return `${lines
    .map((line) => {
      const text = line.trim();
      const closes = /^[})\]]*/.exec(text)?.[0].replace(/[^}]/g, "").length ?? 0;
      const printed = `${"  ".repeat(Math.max(0, depth - closes))}${text}`;
      depth += countOf(text, "{") - countOf(text, "}");
      return printed;
    })
    .join("\n")}\n`;
}

function countOf(text: string, sign: string): number {
  return text.split(sign).length - 1;
}
