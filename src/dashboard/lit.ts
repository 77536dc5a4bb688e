/**
 * What of a packet is lit: what the pointer is at, or else what was held last by a click or with the keys. Whoever goes on with the keys
 * sees what they hold, though the pointer rests somewhere: it counts again when it is moved.
 */
import { useRef, useState } from "preact/hooks";
import type { PacketDetail } from "../control/protocol.js";
import type { Pointing } from "./fields.js";
import type { PacketPlace } from "./packet-place.js";

const NOTHING: Pointing = { keys: [], ranges: [] };

interface Lit {
  readonly held: Pointing;
  readonly pointed: Pointing | null;
}

export interface Lighting {
  readonly lit: Pointing;
  readonly point: (at: Pointing | null) => void;
  readonly hold: (at: Pointing | null) => void;
  /** Of all that comes beneath the pointer, before it points. */
  readonly onPointerOverCapture: (event: PointerEvent) => void;
}

const UNLIT: Lit = { held: NOTHING, pointed: null };
/** Where the pointer was moved to last; over the whole page, since what it rests on may become ours. */
const moved = { x: Number.NaN, y: Number.NaN };

export function watchPointer(): void {
  const look = ({ screenX, screenY }: PointerEvent) => Object.assign(moved, { x: screenX, y: screenY });
  document.addEventListener("pointermove", look, { capture: true, passive: true });
}

/** Nothing is lit where another packet, part or filter is looked at. */
export function useLighting(packet: PacketDetail, { part, chosen }: PacketPlace): Lighting {
  const [state, setState] = useState({ packet, part, chosen, lit: UNLIT });
  const resting = useRef(false);
  // Asked while it is drawn, not put back behind it: what is held or pointed at meanwhile is not lost.
  const of = (now: typeof state) =>
    now.packet === packet && now.part === part && now.chosen === chosen ? now.lit : UNLIT;
  const { held, pointed } = of(state);
  return {
    lit: pointed ?? held,
    point: (at) => {
      if (at !== null && resting.current) return;
      setState((now) => ({ packet, part, chosen, lit: { ...of(now), pointed: at } }));
    },
    hold: (at) => {
      resting.current = true;
      setState({ packet, part, chosen, lit: { held: at ?? NOTHING, pointed: null } });
    },
    // What is laid out anew beneath a pointer at rest is told as entered, at the place where the pointer was all the time.
    onPointerOverCapture: ({ screenX, screenY }) => {
      if (screenX !== moved.x || screenY !== moved.y) resting.current = false;
    },
  };
}
