/** Packets: those of a capture, or of them what a stored filter matches; and the chosen one, taken apart. */
import { useEffect } from "preact/hooks";
import type { Capture } from "../../control/protocol.js";
import { go } from "../address.js";
import { exact, plural } from "../format.js";
import { FileButton } from "../frame/file-button.js";
import { MatchListing } from "../listing.js";
import type { PacketPlace } from "../packet-place.js";
import { packetNumber } from "../packet-place.js";
import {
  captureNamed,
  filterNames,
  forgetListing,
  goToPacket,
  listedFrom,
  listFrom,
  listingOf,
  matchingFile,
  packetPlace,
} from "../packets.js";
import { Empty } from "../parts/empty.js";
import { captures } from "../store.js";
import { PacketDetailCard } from "./packet-detail.js";
import { PacketList } from "./packet-list.js";

export function PacketsView() {
  const at = packetPlace.value;
  const capture = captureNamed(at.capture);
  if (capture === undefined) return at.capture === "" ? <NoCapture /> : <GoneCapture name={at.capture} />;
  const chosen = at.number !== null;
  return (
    <div class={chosen ? "view packets-view with-packet" : "view packets-view"}>
      <h1 class="hidden">Packets</h1>
      <ListCard capture={capture} at={at} />
      {at.number !== null && <PacketDetailCard capture={capture} number={at.number} at={at} />}
    </div>
  );
}

function NoCapture() {
  return (
    <section class="card" aria-label="Packets">
      <Empty title="No capture is stored yet.">
        <p>Drop a pcap or pcapng file anywhere on this page, or choose one; its packets are then listed here.</p>
        <FileButton testId="packets-capture-input">Upload a capture</FileButton>
        <pre class="mono command">
          curl -H "authorization: Bearer $TOKEN" -T my.pcap {location.origin}/api/v1/captures/my.pcap
        </pre>
      </Empty>
    </section>
  );
}

function GoneCapture(props: { name: string }) {
  const another = captures.value[0];
  return (
    <section class="card" aria-label="Packets">
      <Empty title="No capture of this name is stored.">
        <p class="mono">{props.name}</p>
        {another !== undefined && (
          <button type="button" class="primary" onClick={() => go("packets", another.name)}>
            Show {another.name}
          </button>
        )}
      </Empty>
    </section>
  );
}

function ListCard(props: { capture: Capture; at: PacketPlace }) {
  const { capture, at } = props;
  const known = at.filter === "" || filterNames.value.includes(at.filter);
  useEffect(() => forgetListing, []);
  return (
    <section class="card packets-card" aria-label="List of packets">
      <header class="card-head packets-head">
        <h2>Packets</h2>
        <CaptureChoice capture={capture} />
        <FilterChoice capture={capture} filter={at.filter} />
        {known && <Facts capture={capture} filter={at.filter} />}
        <span class="tools">
          {at.filter !== "" && known && (
            <a
              class="button"
              data-testid="save-matching"
              href={matchingFile(capture.name, at.filter)}
              download=""
              title="A capture of the packets that the filter matches"
            >
              Save matching packets
            </a>
          )}
          <JumpField capture={capture} filter={at.filter} />
        </span>
      </header>
      {known ? (
        <Listed capture={capture} at={at} />
      ) : (
        <Empty title={`No filter is called ${at.filter}.`}>
          <button type="button" onClick={() => goToPacket({ filter: "" })}>
            Show all packets
          </button>
        </Empty>
      )}
    </section>
  );
}

function Listed(props: { capture: Capture; at: PacketPlace }) {
  const { capture, at } = props;
  const listing = listingOf(capture, at.filter);
  void listing.version.value;
  const error = listing.error.value;
  return (
    <>
      {error !== null && (
        <p class="trouble inset" role="alert" data-testid="packets-error">
          {error}{" "}
          <button type="button" onClick={() => listing.retry()}>
            Try again
          </button>
        </p>
      )}
      {listing.count === 0 ? (
        error === null && <Nothing listing={listing} capture={capture} filter={at.filter} />
      ) : (
        <PacketList
          key={`${capture.sha256} ${at.filter} ${listedFrom(capture.name, at.filter)}`}
          capture={capture}
          listing={listing}
          number={at.number}
        />
      )}
    </>
  );
}

function Facts(props: { capture: Capture; filter: string }) {
  const { capture, filter } = props;
  const listing = listingOf(capture, filter);
  // A listing stays the same object: whoever shows what is in it follows its version.
  void listing.version.value;
  return (
    <span class="hint" data-testid="packets-count" data-count={listing.count} aria-live="polite">
      {listing instanceof MatchListing ? (
        <MatchFacts listing={listing} capture={capture} filter={filter} />
      ) : (
        <WholeFacts capture={capture} />
      )}
    </span>
  );
}

function WholeFacts(props: { capture: Capture }) {
  const { packets, damage } = props.capture.info;
  return (
    <>
      {plural(packets, "packet")}
      {damage.length > 0 && <span class="warning"> · the capture is damaged; what could be read is listed</span>}
    </>
  );
}

function MatchFacts(props: { listing: MatchListing; capture: Capture; filter: string }) {
  const { listing, capture, filter } = props;
  void listing.version.value;
  const from = listedFrom(capture.name, filter);
  const after = from > 1 ? ` from number ${exact(from)} on` : "";
  return (
    <>
      {listing.next === null
        ? `${plural(listing.count, "packet")} match${listing.count === 1 ? "es" : ""}${after}, of ${exact(capture.info.packets)}`
        : `${plural(listing.count, "matching packet")}${after} so far; the first ${exact(listing.next - 1)} of ${exact(capture.info.packets)} have been looked at`}
      {from > 1 && (
        <>
          {" · "}
          <button type="button" class="inline" onClick={() => listFrom(capture.name, filter, 1)}>
            from the first
          </button>
        </>
      )}
    </>
  );
}

function Nothing(props: { listing: ReturnType<typeof listingOf>; capture: Capture; filter: string }) {
  const { listing, capture, filter } = props;
  void listing.version.value;
  useEffect(() => listing.want(0, 1), [listing]);
  if (filter === "") return <Empty title={`${capture.name} has no packets.`} />;
  if (listing instanceof MatchListing && listing.next !== null) return <p class="opening">Looking for packets…</p>;
  return (
    <Empty
      title={`${filter} matches no packet of ${capture.name}${listedFrom(capture.name, filter) > 1 ? " from here on" : ""}.`}
    >
      <button type="button" onClick={() => goToPacket({ filter: "" })}>
        Show all packets
      </button>
    </Empty>
  );
}

function CaptureChoice(props: { capture: Capture }) {
  return (
    <select
      class="packets-choice"
      aria-label="Capture"
      data-testid="packets-capture"
      value={props.capture.name}
      onChange={(event) => {
        goToPacket({ capture: event.currentTarget.value, number: null });
      }}
    >
      {captures.value.map(({ name }) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

function FilterChoice(props: { capture: Capture; filter: string }) {
  const { capture, filter } = props;
  return (
    <select
      class="packets-choice"
      aria-label="Only packets that match"
      data-testid="packets-filter"
      value={filter}
      onChange={(event) => {
        listFrom(capture.name, event.currentTarget.value, 1);
        goToPacket({ filter: event.currentTarget.value });
      }}
    >
      <option value="">all packets</option>
      {filter !== "" && !filterNames.value.includes(filter) && <option value={filter}>{filter}</option>}
      {filterNames.value.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

function JumpField(props: { capture: Capture; filter: string }) {
  const { capture, filter } = props;
  const most = capture.info.packets;
  const jump = (field: HTMLInputElement) => {
    const number = packetNumber(field.value);
    const wrong = number === null || number > most;
    field.setCustomValidity(wrong ? `A number from 1 to ${exact(most)}.` : "");
    if (!field.reportValidity() || number === null) return;
    if (filter !== "" && listingOf(capture, filter).rowOf(number) === undefined) listFrom(capture.name, filter, number);
    goToPacket({ number });
    field.value = "";
  };
  return (
    <form
      class="jump"
      onSubmit={(event) => {
        event.preventDefault();
        const field = event.currentTarget.querySelector("input");
        if (field !== null) jump(field);
      }}
    >
      <input
        type="text"
        inputMode="numeric"
        data-find
        data-testid="packets-jump"
        placeholder="Number (/)"
        aria-label={`Go to packet number, 1 to ${most}`}
        autocomplete="off"
        onInput={(event) => event.currentTarget.setCustomValidity("")}
      />
      <button type="submit">Go</button>
    </form>
  );
}
