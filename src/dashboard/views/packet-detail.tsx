/** The chosen packet: its fields as a tree or why filters match it, and its octets; pointing at one lights the other. */
import type { Capture, PacketDetail } from "../../control/protocol.js";
import { go } from "../address.js";
import { type FieldKey, type Pointing, pointAt, pointingWords, pointTo, type Range, rangeWords } from "../fields.js";
import { exact } from "../format.js";
import { trial, tryOnPacket } from "../handler-trial.js";
import { useLighting } from "../lit.js";
import type { PacketPlace } from "../packet-place.js";
import { type TimeFormat, timeFormat } from "../packet-time.js";
import { goToPacket, usePacket } from "../packets.js";
import { Octets } from "../parts/octets.js";
import { handlers } from "../store.js";
import { Explain } from "./explain.js";
import { FieldTree } from "./field-tree.js";

export function PacketDetailCard(props: { capture: Capture; number: number; at: PacketPlace }) {
  const { capture, number, at } = props;
  const { packet, error, stale } = usePacket(capture, number);
  return (
    <section
      class="card packet-card"
      aria-label={`Packet ${number}`}
      aria-busy={stale}
      data-testid="packet-detail"
      data-number={packet?.number}
    >
      <header class="card-head">
        <h2>Packet {exact(number)}</h2>
        {packet !== null && <PacketFacts packet={packet} time={timeFormat(capture)} />}
        <span class="tools">
          <RunButton capture={capture.name} number={number} />
          <Parts part={at.part} />
          <button
            type="button"
            class="quiet"
            aria-label="Close the packet"
            title="Close the packet"
            onClick={() => goToPacket({ number: null, part: "fields" })}
          >
            ✕
          </button>
        </span>
      </header>
      {error !== null && (
        <p class="trouble inset" role="alert" data-testid="packet-error">
          {error}
        </p>
      )}
      {packet === null ? (
        error === null && <p class="opening">Fetching the packet…</p>
      ) : (
        <Linked capture={capture} packet={packet} at={at} />
      )}
    </section>
  );
}

/** To the handler that was tried last, or the first of all, with this packet. */
function RunButton(props: { capture: string; number: number }) {
  const known = handlers.value.map(({ name }) => name);
  const tried = trial.value?.handler ?? "";
  const name = known.includes(tried) ? tried : known[0];
  if (name === undefined) return null;
  const open = () => {
    tryOnPacket(props.capture, props.number);
    go("handlers", name);
  };
  return (
    <button type="button" data-testid="packet-run" title="Step a handler on this packet" onClick={open}>
      Run a handler…
    </button>
  );
}

function PacketFacts(props: { packet: PacketDetail; time: TimeFormat }) {
  const { packet, time } = props;
  const cut = packet.captured < packet.wire;
  return (
    <span class="hint packet-facts">
      {exact(packet.wire)} octets
      {cut && <span class="warning"> · cut: {exact(packet.captured)} of them were captured</span>}
      <span> · {time.whole(packet.time)}</span>
    </span>
  );
}

function Parts(props: { part: PacketPlace["part"] }) {
  return (
    <fieldset class="segmented" aria-label="What is shown of the packet">
      <button
        type="button"
        data-testid="packet-fields"
        aria-pressed={props.part === "fields"}
        onClick={() => goToPacket({ part: "fields", chosen: "" })}
      >
        Fields
      </button>
      <button
        type="button"
        data-testid="packet-explain"
        aria-pressed={props.part === "explain"}
        title="Which filters match this packet, which do not, and why"
        onClick={() => goToPacket({ part: "explain" })}
      >
        Why filters match
      </button>
    </fieldset>
  );
}

const HINTS: Readonly<Record<PacketPlace["part"], string>> = {
  fields: "Point at a field or an octet; with the keys, arrows move.",
  explain: "Point at a primitive or an atom: the octets that it read are lit.",
};

function Linked(props: { capture: Capture; packet: PacketDetail; at: PacketPlace }) {
  const { capture, packet, at } = props;
  const { layers } = packet;
  const { lit, point, hold, onPointerOverCapture } = useLighting(packet, at);
  const toField = (key: FieldKey | null) => (key === null ? null : pointTo(layers, key));
  const toRanges = (ranges: readonly Range[] | null) => (ranges === null ? null : { keys: [], ranges });
  return (
    <div class="packet-parts" onPointerOverCapture={onPointerOverCapture}>
      {at.part === "fields" ? (
        <FieldTree
          layers={layers}
          lit={lit.keys}
          point={(key) => point(toField(key))}
          hold={(key) => hold(toField(key))}
        />
      ) : (
        <Explain
          capture={capture}
          number={packet.number}
          chosen={at.chosen}
          point={(ranges) => point(toRanges(ranges))}
          hold={(ranges) => hold(toRanges(ranges))}
        />
      )}
      <div class="packet-octets">
        <Octets
          hex={packet.octets}
          lit={lit.ranges}
          label={`Octets of packet ${packet.number}`}
          pointer={{
            point: (octet) => point(octet === null ? null : pointAt(layers, octet)),
            hold: (octet) => hold(pointAt(layers, octet)),
          }}
        />
        <p class="octets-words hint" data-testid="octets-words" aria-live="polite">
          {wordsOf(packet, lit) || HINTS[at.part]}
        </p>
      </div>
    </div>
  );
}

function wordsOf(packet: PacketDetail, lit: Pointing): string {
  const where = lit.ranges.map(rangeWords).join(", ");
  const what = pointingWords(packet.layers, lit);
  const beyond = lit.ranges.some(({ to }) => to > packet.captured) ? "beyond what was captured" : "";
  const unseen = packet.octetsCut && lit.ranges.some(({ to }) => to * 2 > packet.octets.length) ? "not shown" : "";
  return [where, what, beyond || unseen].filter((one) => one !== "").join(" · ");
}
