/** The columns of the table of environments: what each is, what it holds, what went wrong. */
import type { Environment } from "../../control/protocol.js";
import { colourVariable } from "../colour.js";
import { causes, exact, share, si, sum } from "../format.js";
import { CutText, Figure } from "../parts/name.js";
import type { Column } from "../parts/table.js";

const KIND_WORDS = {
  hosted: "A library OS in a worker of its own",
  downloaded: "Verified code that the kernel runs",
  counting: "What it gets is counted and released",
} as const;

const NOTHING = <span class="faint">–</span>;

/** Of downloaded code only: left out where there is none. */
const DOWNLOADED: ReadonlySet<string> = new Set(["slices", "exceptions", "stlb"]);

export function columnsFor(rows: readonly Environment[]): readonly Column<Environment>[] {
  const some = rows.some(({ kind }) => kind === "downloaded");
  return COLUMNS.filter(({ key }) => some || !DOWNLOADED.has(key));
}

const COLUMNS: readonly Column<Environment>[] = [
  {
    key: "name",
    title: "environment",
    width: "minmax(5rem, 1.5fr)",
    cell: (one) => (
      <span class="name" title={one.name}>
        <EnvironmentChip id={one.id} />
        <CutText text={one.name} />
      </span>
    ),
    value: (one) => one.name,
  },
  {
    key: "kind",
    title: "kind",
    width: "6.2rem",
    from: 620,
    cell: (one) => <span title={KIND_WORDS[one.kind]}>{one.kind}</span>,
    value: (one) => one.kind,
  },
  {
    key: "program",
    title: "program",
    width: "minmax(4.5rem, 0.8fr)",
    from: 760,
    cell: (one) => (one.kind === "hosted" ? one.program : NOTHING),
    value: (one) => one.program,
  },
  {
    key: "state",
    title: "state",
    width: "7.5rem",
    cell: (one) => <State environment={one} />,
    value: (one) => one.state,
  },
  {
    key: "slices",
    title: "slices",
    hint: "Positions of the vector of slices that it owns",
    numeric: true,
    width: "3.4rem",
    from: 1000,
    cell: (one) => (one.kind === "downloaded" ? exact(one.slices) : NOTHING),
    value: (one) => one.slices,
  },
  {
    key: "pages",
    title: "pages",
    hint: "Pages that it holds, and how many of them are never taken by force",
    numeric: true,
    width: "6.6rem",
    from: 520,
    cell: (one) => <Pages environment={one} />,
    value: (one) => one.pages,
  },
  {
    key: "segments",
    title: "buffers",
    hint: "Packet buffers that its ring holds; none is guaranteed",
    numeric: true,
    width: "4rem",
    from: 900,
    cell: (one) => (one.ringEntries === 0 ? NOTHING : exact(one.segments)),
    value: (one) => one.segments,
  },
  {
    key: "ring",
    title: "ring",
    hint: "Packets waiting in its ring, of the ring's entries",
    width: "minmax(6rem, 10rem)",
    from: 440,
    cell: (one) => <Ring environment={one} />,
    value: (one) => one.ringDepth,
  },
  {
    key: "exceptions",
    title: "exceptions",
    hint: "Exceptions that its handlers were called for",
    numeric: true,
    width: "5.2rem",
    from: 1100,
    cell: (one) => (one.kind === "downloaded" ? exact(one.exceptions) : NOTHING),
    value: (one) => one.exceptions,
  },
  {
    key: "stlb",
    title: "TLB hits",
    hint: "Loads and stores that the software TLB translated, of all",
    numeric: true,
    width: "5rem",
    from: 980,
    cell: (one) => <Hits environment={one} />,
    value: (one) => (one.accesses === 0 ? 0 : 1 - one.misses / one.accesses),
  },
  {
    key: "delivered",
    title: "delivered",
    numeric: true,
    width: "5rem",
    from: 360,
    cell: (one) => <Figure text={si(one.delivered)} exact={exact(one.delivered)} />,
    value: (one) => one.delivered,
  },
  {
    key: "drops",
    title: "undelivered",
    numeric: true,
    width: "6rem",
    from: 680,
    cell: (one) => {
      const total = sum(one.dropped);
      return <Figure class={total > 0 ? "trouble" : "faint"} text={si(total)} exact={causes(one.dropped)} />;
    },
    value: (one) => sum(one.dropped),
  },
  {
    key: "causes",
    title: "because",
    width: "minmax(6rem, 1.6fr)",
    from: 1200,
    cell: (one) => (
      <span class="faint cut" title={one.error ?? causes(one.dropped)}>
        {one.error ?? causes(one.dropped)}
      </span>
    ),
  },
];

/** The colour of an environment, in the strip of slices too. */
export function EnvironmentChip(props: { id: number }) {
  const background = props.id === 0 ? "var(--series-rest)" : colourVariable(props.id);
  return <span class="chip round" aria-hidden="true" style={{ background }} />;
}

function State(props: { environment: Environment }) {
  const { state, error } = props.environment;
  return (
    <span class={`state ${state}`} title={error ?? ""}>
      <span class="dot" aria-hidden="true" />
      {state === "failed" ? "dead" : state}
    </span>
  );
}

function Pages(props: { environment: Environment }) {
  const { pages, guaranteed } = props.environment;
  if (pages === 0) return NOTHING;
  return (
    <span title={`${exact(pages)} held, ${exact(guaranteed)} of them guaranteed`}>
      {exact(pages)} <span class="faint">/ {exact(guaranteed)}</span>
    </span>
  );
}

function Hits(props: { environment: Environment }) {
  const { kind, accesses, misses } = props.environment;
  if (kind !== "downloaded" || accesses === 0) return NOTHING;
  return <Figure text={share(accesses - misses, accesses)} exact={`${exact(misses)} misses of ${exact(accesses)}`} />;
}

function Ring(props: { environment: Environment }) {
  const { ringDepth, ringEntries } = props.environment;
  if (ringEntries === 0) return NOTHING;
  const part = ringDepth / ringEntries;
  return (
    <span class="ring" title={`${exact(ringDepth)} of ${exact(ringEntries)} entries`}>
      {/* biome-ignore lint/a11y/useSemanticElements: <meter> cannot be styled alike in all browsers. */}
      <span
        class="meter"
        role="meter"
        aria-valuenow={ringDepth}
        aria-valuemin={0}
        aria-valuemax={ringEntries}
        aria-label="Ring depth"
      >
        <span
          class={part > 0.9 ? "meter-fill trouble" : "meter-fill"}
          style={{ width: `${Math.min(100, part * 100)}%` }}
        />
      </span>
      <span class="ring-depth">{si(ringDepth)}</span>
    </span>
  );
}
