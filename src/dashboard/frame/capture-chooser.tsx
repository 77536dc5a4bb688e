/** The stored captures: which is replayed, which could be, and how another gets in. */
import type { Capture } from "../../control/protocol.js";
import { middleCut, octets, plural } from "../format.js";
import { Popover } from "../parts/popover.js";
import { open, opened } from "../player.js";
import { captures, loaded, replay } from "../store.js";
import { remove } from "../uploads.js";
import { FileButton } from "./file-button.js";
import { CaptureFacts } from "./uploads.js";

export function CaptureChooser() {
  const names = opened.value ? (replay.value?.captures ?? []) : [];
  const label = !loaded.value
    ? "Connecting…"
    : names.length === 0
      ? "Choose a capture"
      : names.length === 1
        ? (names[0] ?? "")
        : `${names.length} captures`;
  return (
    <div class="chooser">
      <Popover label={<span class="chooser-name">{middleCut(label, 26)}</span>} title={names.join(", ") || "Captures"}>
        {(close) => <CaptureList replayed={names} close={close} />}
      </Popover>
      <FileButton testId="capture-input">
        <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
          <path d="M10 13V4M6 7.5 10 3.5l4 4M3.5 13v3.5h13V13" fill="none" stroke="currentColor" stroke-width="1.8" />
        </svg>
        <span class="file-words">Upload</span>
      </FileButton>
    </div>
  );
}

function CaptureList(props: { replayed: readonly string[]; close: () => void }) {
  const stored = [...captures.value].sort((a, b) => a.name.localeCompare(b.name));
  if (!loaded.value) return <p class="panel-empty">Connecting…</p>;
  if (stored.length === 0) {
    return (
      <p class="panel-empty">
        No capture is stored yet. Drop a pcap or pcapng file anywhere on this page, or use the <b>Upload</b> button.
      </p>
    );
  }
  return (
    <ul class="captures">
      {stored.map((capture) => (
        <CaptureRow key={capture.name} capture={capture} replayed={props.replayed} close={props.close} />
      ))}
    </ul>
  );
}

function CaptureRow(props: { capture: Capture; replayed: readonly string[]; close: () => void }) {
  const { capture, replayed } = props;
  const current = replayed.includes(capture.name);
  const openAs = (names: readonly string[]) => {
    props.close();
    void open(names);
  };
  return (
    <li class={current ? "current" : ""}>
      <div class="capture-head">
        <b class="mono" title={capture.name}>
          {middleCut(capture.name, 34)}
        </b>
        <span class="capture-size" title={plural(capture.octets, "octet")}>
          {octets(capture.octets)}
        </span>
      </div>
      <CaptureFacts info={capture.info} />
      <div class="capture-buttons">
        <button type="button" onClick={() => openAs([capture.name])}>
          {current && replayed.length === 1 ? "Replay from the start" : "Replay"}
        </button>
        {replayed.length > 0 && !current && (
          <button
            type="button"
            title="Both are merged by time, each on a port of its own"
            onClick={() => openAs([...replayed, capture.name])}
          >
            Add to the replay
          </button>
        )}
        <a class="button" href={`api/v1/captures/${encodeURIComponent(capture.name)}/file`} download={capture.name}>
          Download
        </a>
        <button type="button" class="danger" onClick={() => void remove(capture.name)}>
          Delete
        </button>
      </div>
    </li>
  );
}
