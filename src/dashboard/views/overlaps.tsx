/** Claims that match packets of the claim being written: told before it is bound, with a packet of both. */
import type { Overlap } from "../../control/protocol.js";
import { bindAs, check } from "../drafts.js";
import { exact, plural } from "../format.js";
import { Name } from "../parts/name.js";
import { Octets } from "../parts/octets.js";
import { environmentNames } from "../store.js";

export function Overlaps() {
  const list = check.value?.overlaps;
  if (bindAs.value.mode !== "claim" || list === undefined) return null;
  if (list.total === 0) {
    return (
      <p class="overlaps-none" data-testid="overlaps" data-total={0}>
        <b class="good">✓</b> No other claim matches any of its packets.
      </p>
    );
  }
  const more = list.total - list.overlaps.length;
  return (
    <section class="overlaps" aria-label="Claims that it meets" data-testid="overlaps" data-total={list.total}>
      <h3>{plural(list.total, "claim")} may match the same packets</h3>
      <ul>
        {list.overlaps.map((overlap, index) => (
          <OverlapItem key={overlap.binding} overlap={overlap} open={index === 0} />
        ))}
      </ul>
      {more > 0 && <p class="hint">and {exact(more)} more</p>}
    </section>
  );
}

const RELATIONS: Readonly<Record<Overlap["relation"], string>> = {
  identical: "matches exactly the same packets",
  inside: "matches all packets of the new one, and more",
  contains: "matches only packets of the new one",
  partial: "matches some packets of the new one, and others",
  unknown: "may match packets of the new one: the two could not be compared",
};

const WINNERS: Readonly<Record<Overlap["wins"], string>> = {
  new: "the new claim gets what both match",
  old: "the new claim gets none of these",
  depends: "who gets one depends on the packet",
};

function factsText({ wire, link }: Overlap["facts"]): string {
  const onWire = wire === undefined ? "" : `, of ${plural(wire, "octet")} on the wire`;
  return `${onWire}${link === undefined ? "" : `, of link type ${link}`}`;
}

/** `open`: its packet is shown without being asked for. */
function OverlapItem(props: { overlap: Overlap; open: boolean }) {
  const { binding, name, environment, priority, relation, wins, witness, facts, decisive } = props.overlap;
  const owner = environmentNames.value.get(environment) ?? `environment ${environment}`;
  return (
    <li data-testid={`overlap-${name}`} data-relation={relation} data-wins={wins}>
      <p class="overlap-head">
        <Name text={name} binding={binding} />
        <span class="hint">
          of {owner}, priority {priority}
        </span>
      </p>
      <p>
        It {RELATIONS[relation]}; <b class={wins === "old" ? "warning" : ""}>{WINNERS[wins]}</b>.
      </p>
      {witness !== null && (
        <details open={props.open}>
          <summary>A packet that both match{factsText(facts)}</summary>
          <Octets
            hex={witness}
            lit={decisive.map((at) => ({ from: at, to: at + 1 }))}
            label={`A packet that ${name} and the new claim match`}
          />
        </details>
      )}
    </li>
  );
}
