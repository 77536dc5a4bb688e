/** What is kept of a capture beside its octets. Types only: protocol.ts hands them on to the browser. */

export interface DamageReport {
  readonly offset: number;
  readonly reason: string;
}

/** What `exonet info --json` prints, too. Link types by LINKTYPE_ number. */
export interface CaptureInfo {
  readonly format: string;
  readonly packets: number;
  readonly linktypes: Readonly<Record<string, number>>;
  readonly first_ts: string | null;
  readonly last_ts: string | null;
  readonly truncated: boolean;
  readonly damage: readonly DamageReport[];
}

export interface Capture {
  readonly name: string;
  readonly octets: number;
  readonly sha256: string;
  readonly uploaded: string;
  readonly info: CaptureInfo;
  /** Packets in each of up to 512 equal slots of capture time, from first_ts to last_ts. */
  readonly timeline: readonly number[];
}
