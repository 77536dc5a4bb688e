/** Beside the editor: what of a capture the text matches, with the first packets, before anything is bound. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PacketLine } from "../../control/protocol.js";
import { hashOf } from "../address.js";
import { check, checking, filterError, languageOf } from "../drafts.js";
import { exact, share } from "../format.js";
import { type Draft, isEdited, NEW } from "../kept-drafts.js";
import { forgetMatches, matches, matching, matchSoon } from "../matches.js";
import { NOWHERE, packetSelection } from "../packet-place.js";
import { captureNamed, matchingFile } from "../packets.js";
import { captures } from "../store.js";

/** "" follows the replay. */
const chosen = signal("");

export function MatchesPanel(props: { filter: string; draft: Draft }) {
  const { filter, draft } = props;
  useEffect(() => forgetMatches, [filter]);
  const capture = captureNamed(captures.value.some(({ name }) => name === chosen.value) ? chosen.value : "");
  const right = check.value?.ok === true && !checking.value && filterError.value === null;
  const question =
    right && capture !== undefined
      ? { capture: capture.name, sha256: capture.sha256, text: draft.text, language: languageOf(filter) }
      : null;
  useEffect(() => matchSoon(question), [JSON.stringify(question)]);
  if (capture === undefined) return null;
  const savable = filter !== NEW && !isEdited(draft);
  return (
    <section class="matches" aria-label="What it matches" data-testid="matches">
      <header>
        <label>
          On capture
          <select
            data-testid="matches-capture"
            value={capture.name}
            onChange={(event) => (chosen.value = event.currentTarget.value)}
          >
            {captures.value.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <Answer text={draft.text} />
        {savable && (
          <a
            class="button"
            data-testid="save-matching"
            href={matchingFile(capture.name, filter)}
            download=""
            title="A capture of the packets that the filter, as it is stored, matches"
          >
            Save matching packets
          </a>
        )}
      </header>
      <Samples />
    </section>
  );
}

function Answer(props: { text: string }) {
  const known = matches.value;
  if (props.text.trim() === "") return <span class="hint">what the text matches is shown as you type</span>;
  if (check.value?.ok === false) return <span class="hint">when the text is right, what it matches is shown here</span>;
  if (known.state === "none") return <span class="hint">{matching.value ? "looking…" : ""}</span>;
  if (known.state === "failed") {
    return (
      <span class="trouble" role="alert" data-testid="matches-error">
        {known.error}
      </span>
    );
  }
  const { packets, matches: count } = known.report;
  return (
    <span
      class={matching.value || checking.value ? "matches-answer stale" : "matches-answer"}
      data-testid="matches-answer"
      data-matches={count}
      data-packets={packets}
      data-stale={matching.value || checking.value}
      aria-live="polite"
    >
      this matches <b>{exact(count)}</b> of {exact(packets)} {packets > 0 && <>({share(count, packets)})</>}
    </span>
  );
}

function Samples() {
  const known = matches.value;
  if (known.state !== "known" || check.value?.ok === false || known.report.samples.length === 0) return null;
  return (
    <ul class={matching.value || checking.value ? "samples stale" : "samples"}>
      {known.report.samples.map((line) => (
        <Sample key={line.number} capture={known.capture} line={line} />
      ))}
    </ul>
  );
}

function Sample(props: { capture: string; line: PacketLine }) {
  const { capture, line } = props;
  const href = hashOf("packets", packetSelection({ ...NOWHERE, capture, number: line.number }));
  return (
    <li>
      <a href={href} class="sample" data-testid="sample" title={`${line.line}\nShow this packet`}>
        <span class="sample-number">{exact(line.number)}</span>
        <span class="mono cut">{line.line}</span>
      </a>
    </li>
  );
}
