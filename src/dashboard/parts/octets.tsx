/** Octets in hex, sixteen a line behind their offset; some may be lit. */

const LINE = 16;
/** In two halves, as people count them. */
const HALF = 8;

export function Octets(props: { hex: string; lit?: readonly number[]; label: string }) {
  const octets = props.hex.match(/../g) ?? [];
  const lit = new Set(props.lit);
  const lines = Array.from({ length: Math.ceil(octets.length / LINE) }, (_, line) =>
    octets.slice(line * LINE, (line + 1) * LINE),
  );
  if (octets.length === 0) return <p class="hint">The empty packet.</p>;
  return (
    <figure class="octets mono" aria-label={props.label}>
      {lines.map((line, number) => (
        <span key={`${number}`} class="octets-line">
          <span class="octets-offset">{(number * LINE).toString(16).padStart(4, "0")}</span>
          {line.map((octet, column) => {
            const at = number * LINE + column;
            const kind = `${lit.has(at) ? "lit" : ""} ${column === HALF ? "half" : ""}`;
            return (
              <span key={at} class={kind} title={`octet ${at}`}>
                {octet}
              </span>
            );
          })}
        </span>
      ))}
    </figure>
  );
}
