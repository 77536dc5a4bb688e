/** Captures on their way in, each with its progress, its end, or why it has none. */

import type { CaptureInfo } from "../../control/protocol.js";
import { exact, formatWords, octets, parseTime, plural, roughly, spanLength, utc } from "../format.js";
import { cancel, forget, keepBoth, replace, type Upload, uploads } from "../uploads.js";

export function Uploads() {
  if (uploads.value.length === 0) return null;
  return (
    <section class="uploads" aria-label="Uploads">
      {uploads.value.map((one) => (
        <UploadCard key={one.id} upload={one} />
      ))}
    </section>
  );
}

function UploadCard(props: { upload: Upload }) {
  const { upload } = props;
  return (
    <div class={`upload ${upload.state}`} data-testid="upload" data-state={upload.state}>
      <div class="upload-head">
        <strong class="mono">{upload.name}</strong>
        <span class="upload-size">{octets(upload.file.size)}</span>
        <UploadButtons upload={upload} />
      </div>
      <UploadStateLine upload={upload} />
    </div>
  );
}

function UploadButtons(props: { upload: Upload }) {
  const { id, state } = props.upload;
  if (state === "exists") {
    return (
      <span class="upload-buttons">
        <button type="button" onClick={() => void keepBoth(id)}>
          Keep both
        </button>
        <button type="button" onClick={() => void replace(id)}>
          Replace
        </button>
        <button type="button" onClick={() => forget(id)}>
          Cancel
        </button>
      </span>
    );
  }
  const done = state === "stored" || state === "failed";
  return (
    <span class="upload-buttons">
      <button
        type="button"
        class={done ? "quiet" : ""}
        aria-label={done ? "Dismiss" : "Cancel"}
        onClick={() => cancel(id)}
      >
        {done ? "✕" : "Cancel"}
      </button>
    </span>
  );
}

function UploadStateLine(props: { upload: Upload }) {
  const { upload } = props;
  switch (upload.state) {
    case "waiting":
      return <p>Waiting for the one before.</p>;
    case "sending":
      return <Progress upload={upload} />;
    case "reading":
      return (
        <>
          <progress aria-label="The appliance reads the capture" />
          <p>Sent. The appliance reads it…</p>
        </>
      );
    case "exists":
      return <p>A capture of this name is stored already.</p>;
    case "failed":
      return (
        <p class="trouble" role="alert">
          {upload.error}
        </p>
      );
    case "stored":
      return upload.capture === null ? null : <CaptureFacts info={upload.capture.info} />;
  }
}

function Progress(props: { upload: Upload }) {
  const { sent, rate, file } = props.upload;
  const left = rate > 0 ? ((file.size - sent) / rate) * 1000 : 0;
  return (
    <>
      <progress max={Math.max(1, file.size)} value={sent} aria-label="Sent" />
      <p>
        {octets(sent)} of {octets(file.size)}
        {rate > 0 && `, ${octets(rate)}/s, ${roughly(left)} left`}
      </p>
    </>
  );
}

/** What a capture is, in a line, and what is wrong with it in another. */
export function CaptureFacts(props: { info: CaptureInfo }) {
  const { info } = props;
  const first = parseTime(info.first_ts);
  const last = parseTime(info.last_ts);
  const links = Object.entries(info.linktypes).map(([number, count]) =>
    Object.keys(info.linktypes).length > 1 ? `${linkName(number)} ${exact(count)}` : linkName(number),
  );
  return (
    <>
      <p class="facts">
        {formatWords(info.format)}, {plural(info.packets, "packet")}
        {links.length > 0 && `, ${links.join(", ")}`}
        {first !== null && last !== null && `, ${spanLength(last - first)} from ${utc(first, 3)} UTC`}
      </p>
      {info.damage.length > 0 && (
        <p class="trouble">
          Damaged at octet {exact(info.damage[0]?.offset ?? 0)}: {info.damage[0]?.reason}
          {info.damage.length > 1 && ` (and ${info.damage.length - 1} more)`}. What lies before it is whole.
        </p>
      )}
      {info.truncated && info.damage.length === 0 && <p class="trouble">The file is cut short.</p>}
    </>
  );
}

const LINK_NAMES: Record<string, string> = {
  0: "null/loopback",
  1: "Ethernet",
  101: "raw IP",
  105: "IEEE 802.11",
  113: "Linux cooked",
  127: "802.11 radiotap",
  228: "raw IPv4",
  229: "raw IPv6",
  276: "Linux cooked v2",
};

function linkName(number: string): string {
  return LINK_NAMES[number] ?? `link type ${number}`;
}
