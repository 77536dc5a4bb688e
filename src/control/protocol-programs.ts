/** What programs of the installation answer: the flow table of `monitor`, the connections of `exos`. */

export interface Flow {
  readonly protocol: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly packets: number;
  readonly octets: number;
  readonly first: string;
  readonly last: string;
  /** TCP flags seen, as letters in the order FSRPAUEC; "" for others. */
  readonly flags: string;
}

export interface FlowTable {
  readonly epoch: number;
  readonly total: number;
  /** Flows that did not fit the table, counted. */
  readonly overflow: number;
  readonly flows: readonly Flow[];
}

/** A TCP connection as the passive ExOS reassembled it. */
export interface Stream {
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly serverPort: number;
  /** `midstream`: its SYN was not seen. */
  readonly state: "syn-sent" | "syn-received" | "established" | "midstream" | "closing" | "closed" | "reset";
  readonly toServer: StreamSide;
  readonly toClient: StreamSide;
}

export interface StreamSide {
  readonly octets: number;
  readonly segments: number;
  readonly retransmitted: number;
  readonly overlapped: number;
  readonly outOfOrder: number;
  readonly gaps: number;
  readonly missing: number;
}

export interface ExosStatus {
  readonly frames: number;
  /** Frames by what ExOS made of them: arp, ipv4, ipv6, icmp, udp, tcp, vlan, other, malformed … */
  readonly counts: Readonly<Record<string, number>>;
  readonly total: number;
  readonly streams: readonly Stream[];
}
