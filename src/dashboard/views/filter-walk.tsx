/** How one filter was evaluated on a packet: its text with the primitives marked, and its conjunctions atom by atom. */
import { useEffect, useState } from "preact/hooks";
import type { AtomExplanation, FilterExplanation } from "../../control/protocol.js";
import { hashOf } from "../address.js";
import { drafts } from "../drafts.js";
import {
  ATOM_SIGNS,
  atomRanges,
  furthestFirst,
  loadWords,
  type Sign,
  segmentsOf,
  shownName,
  TERM_SIGNS,
  termRanges,
  UNNAMED,
  type Walked,
} from "../explain.js";
import { type Range, rangeWords } from "../fields.js";
import { exact, plural } from "../format.js";
import { request } from "../http.js";
import { NEW } from "../kept-drafts.js";
import type { RangeLight } from "./explain.js";

interface Props extends RangeLight {
  readonly filter: FilterExplanation;
}

export function FilterWalk(props: Props) {
  const { filter } = props;
  const { name, language, matches, residual, conjunctions, notes } = filter;
  return (
    <div class="walk" data-testid="walk" data-filter={name} data-matches={matches}>
      <p class="walk-head">
        <SignMark
          sign={matches ? { sign: "✓", words: "", kind: "holds" } : { sign: "✗", words: "", kind: "differs" }}
        />
        <a class="mono" href={hashOf("filters", name === UNNAMED ? NEW : name)} title="To its text">
          {shownName(name)}
        </a>{" "}
        <b>{matches ? "matches" : "does not match"}</b>
        <span class="hint"> · {language === "dpf" ? "DPF text" : "pcap-filter text"}</span>
      </p>
      {notes.length > 0 && (
        <ul class="walk-notes" data-testid="walk-notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {language === "pcap-filter" && <MarkedText {...props} />}
      {conjunctions.length > 0 && (
        <ol class="conjunctions" aria-label="Conjunctions">
          {furthestFirst(conjunctions).map((walked, index) => (
            <Conjunction
              key={walked.place}
              walked={walked}
              of={conjunctions.length}
              open={index === 0 || walked.conjunction.matches}
              light={props}
            />
          ))}
        </ol>
      )}
      {residual !== null && (
        <p class="walk-residual">
          <SignMark
            sign={residual ? { sign: "✓", words: "", kind: "holds" } : { sign: "✗", words: "", kind: "differs" }}
          />
          What atoms cannot say is decided by a predicate, which {residual ? "accepts" : "rejects"} the packet.
        </p>
      )}
    </div>
  );
}

function SignMark(props: { sign: Sign }) {
  const { sign, kind, words } = props.sign;
  return (
    <span class={`sign ${kind}`} role="img" aria-label={words === "" ? (kind === "holds" ? "yes" : "no") : words}>
      {sign}
    </span>
  );
}

/** What lights octets: under the pointer, and in focus. */
function lights(ranges: readonly Range[], light: RangeLight) {
  return {
    onPointerEnter: () => light.point(ranges),
    onPointerLeave: () => light.point(null),
    onFocus: () => light.hold(ranges),
    onClick: () => light.hold(ranges),
  };
}

/** A pcap-filter text as it is stored, each primitive with its sign. */
function MarkedText(props: Props) {
  const { filter } = props;
  const text = useText(filter.name);
  // A text that has changed since is not the one that was evaluated.
  const same = text !== null && filter.terms.every(({ start, end, text: own }) => text.slice(start, end) === own);
  const segments = same
    ? segmentsOf(text, filter.terms)
    : filter.terms.flatMap((term) => [
        { text: term.text, term },
        { text: "\n", term: null },
      ]);
  return (
    <div class="marked-text">
      <pre class="mono" data-testid="marked-text">
        {segments.map((segment, index) =>
          segment.term === null ? (
            <span key={index} class="faint">
              {segment.text}
            </span>
          ) : (
            // By its place in the text, which may come later than the terms: a button in focus stays the same one.
            <Term key={`term ${segment.term.start}`} term={segment.term} light={props} />
          ),
        )}
      </pre>
      <p class="legend hint" aria-hidden="true">
        {Object.values(TERM_SIGNS).map((sign) => (
          <span key={sign.words}>
            <span class={`sign ${sign.kind}`}>{sign.sign}</span> {sign.words}
          </span>
        ))}
      </p>
    </div>
  );
}

/** Null while it is not known. */
function useText(name: string): string | null {
  const [stored, setStored] = useState<string | null>(null);
  useEffect(() => {
    if (name === UNNAMED) return;
    const stop = new AbortController();
    request<string>("GET", `filters/${encodeURIComponent(name)}`, undefined, stop.signal).then(
      (found) => !stop.signal.aborted && setStored(found),
      // Without it the primitives stand alone.
      () => undefined,
    );
    return () => stop.abort();
  }, [name]);
  return name === UNNAMED ? (drafts.get(NEW)?.text ?? null) : stored;
}

function Term(props: { term: FilterExplanation["terms"][number]; light: RangeLight }) {
  const { term, light } = props;
  const sign = TERM_SIGNS[term.outcome];
  const loads = loadWords(term);
  return (
    <button
      type="button"
      class={`term ${sign.kind}`}
      data-testid="term"
      data-outcome={term.outcome}
      title={loads === "" ? sign.words : `${sign.words}; it read ${loads}`}
      {...lights(termRanges(term), light)}
    >
      <span class="sign" aria-hidden="true">
        {sign.sign}
      </span>
      {term.text}
      <span class="hidden">: {sign.words}</span>
    </button>
  );
}

function Conjunction(props: { walked: Walked; of: number; open: boolean; light: RangeLight }) {
  const { walked, of, light } = props;
  const { place, failed } = walked;
  const { matches, bits, atoms } = walked.conjunction;
  return (
    <li data-testid="conjunction" data-matches={matches}>
      <details open={props.open}>
        <summary class="conjunction-head">
          <SignMark sign={{ sign: matches ? "✓" : "✗", words: "", kind: matches ? "holds" : "differs" }} />
          {of === 1 ? "Its conjunction" : `Conjunction ${exact(place)} of ${exact(of)}`}{" "}
          {matches ? "matches" : "does not match"}
          {failed !== undefined && (
            <span class="hint">
              : <span class="mono">{failed.text}</span>
            </span>
          )}
          <span class="hint"> · tests {plural(bits, "bit")}</span>
        </summary>
        <table class="atoms">
          <thead>
            <tr>
              <th scope="col">
                <span class="hidden">outcome</span>
              </th>
              <th scope="col">atom</th>
              <th scope="col">wanted</th>
              <th scope="col">found</th>
            </tr>
          </thead>
          <tbody>
            {atoms.map((atom, at) => (
              <AtomRow key={at} atom={atom} light={light} />
            ))}
          </tbody>
        </table>
      </details>
    </li>
  );
}

function AtomRow(props: { atom: AtomExplanation; light: RangeLight }) {
  const { atom, light } = props;
  const sign = ATOM_SIGNS[atom.outcome];
  const ranges = atomRanges(atom);
  const failing = atom.outcome === "differs" || atom.outcome === "beyond";
  return (
    <tr class={failing ? "failing" : sign.kind} data-testid="atom" data-outcome={atom.outcome}>
      <td>
        <SignMark sign={sign} />
      </td>
      <td>
        <button
          type="button"
          class="atom mono"
          title={ranges[0] === undefined ? sign.words : `${sign.words}; ${rangeWords(ranges[0])}`}
          {...lights(ranges, light)}
        >
          {atom.text}
        </button>
      </td>
      <td class="mono">{atom.wanted}</td>
      <td class="mono">{atom.found ?? <span class="faint">{sign.words}</span>}</td>
    </tr>
  );
}
