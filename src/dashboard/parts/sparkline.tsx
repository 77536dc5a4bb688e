/** The last minute of one rate as a small line without axes; its scale is its own. */
import { colourVariable } from "../colour.js";
import { gauges } from "../store.js";

const WIDTH = 72;
const HEIGHT = 18;
const POINTS = 36;

export function Sparkline(props: { binding: number }) {
  const gauge = gauges.gauge(props.binding);
  if (gauge === undefined) return null;
  return (
    <svg class="spark" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path d={sparkPath(gauge.history)} stroke={colourVariable(props.binding)} fill="none" />
    </svg>
  );
}

// The largest of each group of samples is drawn, so a short burst stays visible.
function sparkPath(history: Float64Array): string {
  const tops = new Float64Array(POINTS);
  const length = gauges.walk(() => {});
  gauges.walk((position, index) => {
    const point = Math.min(POINTS - 1, Math.floor((position * POINTS) / Math.max(POINTS, length)));
    tops[point] = Math.max(tops[point] ?? 0, history[index] ?? 0);
  });
  const used = Math.min(POINTS, length);
  const most = Math.max(1e-9, ...tops);
  let path = "";
  for (let point = 0; point < used; point++) {
    // Right-aligned: the right edge is now.
    const x = ((POINTS - used + point) * WIDTH) / (POINTS - 1);
    const y = HEIGHT - 1.5 - ((tops[point] ?? 0) / most) * (HEIGHT - 3);
    path += `${point === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }
  return path;
}
