/** Why filters match a packet or do not: who would get it, a list of filters, and the walk of the chosen one. */
import { useEffect, useState } from "preact/hooks";
import type { Capture, FilterExplanation, PacketExplanation } from "../../control/protocol.js";
import { go } from "../address.js";
import { drafts } from "../drafts.js";
import { chosenOf, inOrder, shownName, UNNAMED } from "../explain.js";
import type { Range } from "../fields.js";
import { exact } from "../format.js";
import { request, words } from "../http.js";
import { NEW } from "../kept-drafts.js";
import { capturePath, filterNames, goToPacket } from "../packets.js";
import { Empty } from "../parts/empty.js";
import { CutText } from "../parts/name.js";
import { filters } from "../store.js";
import { FilterWalk } from "./filter-walk.js";

export interface RangeLight {
  readonly point: (ranges: readonly Range[] | null) => void;
  readonly hold: (ranges: readonly Range[] | null) => void;
}

interface Props extends RangeLight {
  readonly capture: Capture;
  readonly number: number;
  readonly chosen: string;
}

export function Explain(props: Props) {
  const { chosen } = props;
  const { answer, error } = useExplanation(props);
  if (filters.value.length === 0 && answer?.filters.length === 0) {
    return (
      <Empty title="No filter is stored yet.">
        <p>Take one from a field of the packet, or write one; here it is then shown why it matches.</p>
        <button type="button" onClick={() => go("filters")}>
          Write a filter
        </button>
      </Empty>
    );
  }
  if (error !== null) {
    return (
      <p class="trouble inset" role="alert" data-testid="explain-error">
        {error}
      </p>
    );
  }
  if (answer === null) return <p class="opening">Asking the filters…</p>;
  const order = inOrder(answer);
  const shown = chosenOf(order, chosen);
  return (
    <div class="explained" data-testid="explained" data-number={answer.packet.number} data-winner={answer.winner ?? ""}>
      <Winner answer={answer} />
      <div class="explained-parts">
        <FilterChoices order={order} total={answer.total} shown={shown} winner={answer.winner} />
        {shown !== undefined && <FilterWalk key={shown.name} filter={shown} point={props.point} hold={props.hold} />}
      </div>
    </div>
  );
}

function Winner(props: { answer: PacketExplanation }) {
  const { winner, reason } = props.answer;
  return (
    <p class="winner" data-testid="explain-winner">
      {winner === null ? (
        <b>No filter matches.</b>
      ) : (
        <>
          Were all of these claims of one priority, <b class="mono">{winner}</b> would get it:{" "}
          <span class="hint">{reason}</span>
        </>
      )}
    </p>
  );
}

function FilterChoices(props: {
  order: readonly FilterExplanation[];
  total: number;
  shown: FilterExplanation | undefined;
  winner: string | null;
}) {
  const { order, total, shown, winner } = props;
  const choose = (name: string, quietly: boolean) => goToPacket({ part: "explain", chosen: name }, quietly);
  return (
    <div class="explained-list">
      {total > order.length && (
        <label class="hint explained-more">
          {exact(order.length)} of {exact(total)}; another:
          <select value="" onChange={(event) => choose(event.currentTarget.value, false)}>
            <option value="">choose</option>
            {filterNames.value.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <ul aria-label="Filters" onKeyDown={alongButtons}>
        {order.map(({ name, matches, language }) => (
          <li key={name}>
            <button
              type="button"
              class={matches ? "verdict-choice matches-it" : "verdict-choice"}
              data-testid={`explain-${name}`}
              data-matches={matches}
              aria-current={name === shown?.name ? "true" : undefined}
              title={`${shownName(name)}, ${language} text: ${matches ? "matches" : "does not match"}`}
              onClick={() => choose(name, true)}
            >
              <span class={matches ? "sign holds" : "sign differs"} aria-hidden="true">
                {matches ? "✓" : "✗"}
              </span>
              <CutText text={shownName(name)} />
              <span class="hidden">{matches ? " matches" : " does not match"}</span>
              {name === winner && <span class="hint">would get it</span>}
              {name === UNNAMED && <span class="hint">not stored</span>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Up and down among the buttons of a list. */
function alongButtons(event: KeyboardEvent): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || !(event.currentTarget instanceof HTMLElement)) return;
  event.preventDefault();
  const buttons: (Element | null)[] = [...event.currentTarget.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  const next = buttons[Math.min(buttons.length - 1, Math.max(0, at + step))];
  if (next instanceof HTMLElement) next.focus();
}

interface Answer {
  readonly answer: PacketExplanation | null;
  readonly error: string | null;
}

/** Explanations, and what they are of. */
interface Beside {
  readonly of: string;
  readonly filters: readonly FilterExplanation[];
}

const NOBODY: Beside = { of: "", filters: [] };

function keyOf({ name, sha256 }: Capture, number: number, filter: string): string {
  return [name, sha256, number, filter].join("\n");
}

/** Asked anew when the packet or the filters change; a chosen filter that is not among the first is asked for beside. */
function useExplanation({ capture, number, chosen }: Props): Answer {
  const [known, setKnown] = useState<Answer>({ answer: null, error: null });
  const [beside, setBeside] = useState(NOBODY);
  const { answer } = known;
  const ask = (body: object, stop: AbortController, take: (answer: PacketExplanation) => void) => {
    const path = capturePath(capture.name, "explain");
    request<PacketExplanation>("POST", path, { json: body }, stop.signal).then(
      (found) => !stop.signal.aborted && take(found),
      (error: unknown) => !stop.signal.aborted && setKnown({ answer: null, error: words(error) }),
    );
    return () => stop.abort();
  };
  useEffect(
    () => ask({ packet: number }, new AbortController(), (found) => setKnown({ answer: found, error: null })),
    [capture.name, capture.sha256, number, filters.value],
  );
  const missing = answer !== null && chosen !== "" && !answer.filters.some(({ name }) => name === chosen);
  const also = missing && filterNames.value.includes(chosen) ? chosen : "";
  const of = keyOf(capture, number, also);
  useEffect(() => {
    if (also === "") return;
    const take = (found: PacketExplanation) => setBeside({ of, filters: found.filters });
    return ask({ packet: number, filters: [also] }, new AbortController(), take);
  }, [answer, also]);
  const written = useWritten(capture, number);
  if (answer === null) return known;
  const besides = [...written, ...(beside.of === of ? beside.filters : [])];
  return { ...known, answer: { ...answer, filters: [...besides, ...answer.filters] } };
}

/** The new filter that is being written, as long as its text is right. */
function useWritten(capture: Capture, number: number): readonly FilterExplanation[] {
  const [found, setFound] = useState<readonly FilterExplanation[]>([]);
  const { text = "", language = "dpf" } = drafts.get(NEW) ?? {};
  useEffect(() => {
    setFound([]);
    if (text.trim() === "") return;
    const stop = new AbortController();
    const body = { json: { packet: number, text, language } };
    request<PacketExplanation>("POST", capturePath(capture.name, "explain"), body, stop.signal).then(
      (answer) => !stop.signal.aborted && setFound(answer.filters),
      // What is wrong with it the editor tells.
      () => undefined,
    );
    return () => stop.abort();
  }, [capture.name, capture.sha256, number, text, language]);
  return found;
}
