/** Texts that ask every primitive, and those of them that one link type alone understands. */

/** Of link types that are seen most. */
export const MAIN_LINK_TYPES = [1, 101, 113, 276, 0, 9, 104, 105, 127, 107];

/** 3 and 300 are none. */
export const OTHER_LINK_TYPES = `
  6 7 8 10 12 50 51 99 100 102 103 106 108 109 112 114 117 119 122 123 129 130 132 133 135 136 137 138 139 140 163 164
  165 166 167 168 178 182 183 192 194 195 197 226 228 229 239 240 241 246 3 300
`
  .trim()
  .split(/\s+/)
  .map(Number);

/** One a line. */
function lines(text: string): string[] {
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim());
}

export const EVERYWHERE = [
  "",
  ...lines(`
    ip or not ip6
    host 10.1
    ip6 host 2001:db8::1
    tcp dst port 80
    link[0] & 7 > 1
    ip[8] < 20 or ip6[7] < 20
    iso
    ether proto 0x42
    broadcast or multicast
    inbound
  `),
];

export const PRIMITIVES = lines(String.raw`
  src net 10.9.0.0/16
  net 10
  host 10.1
  net 0x0a09
  dst net 10.9 mask 255.255.0.0
  net 10.0.0.1/24
  src and dst host 10.9.0.1
  arp src host 10.9.0.1
  rarp host 10.9.0.1
  tcp host 10.9.0.1
  ip host \0x0a.1
  net 2001:db8::/32
  src or dst net fe80::/10
  host 2001:db8::1/64
  ip host ::1
  net loopback
  port 53
  udp src port domain
  udp port http
  sctp port 80
  portrange 100-50
  port 70000
  src and dst port 22
  proto 17
  ip proto \tcp
  ip6 proto 58
  ether proto \arp
  ether proto \ipx
  ether proto 4
  tcp proto 6
  iso proto \isis
  isis proto 20
  clnp
  l1
  snp
  decnet host 10.300
  decnet src host 1.5
  stp
  atalk or aarp
  protochain 6
  ip protochain 50
  ip6 protochain \udp
  arp protochain 1
  netbeui
  ipx
  vrrp or carp or pim
  less 64
  greater 1000
  byte 1 = 3
  byte 2 > 7 or byte 3 < 9
  byte 0 & 3
  byte 0 | 3
  ip and byte 0 & 3
  ip broadcast
  ip multicast
  ip6 multicast
  arp multicast
  llc
  llc i or llc s
  llc rr
  llc ua
  ifindex 2
  vlan
  vlan 20 and vlan 30
  vlan or ip
  ip or vlan
  vlan 5000
  not vlan and tcp
  mpls
  mpls 16 and mpls 17 and ip
  mpls and vlan
  mpls and arp
  mpls 2000000
  pppoed
  pppoes 5 and ip
  pppoes and tcp port 80
  pppoes 70000
  geneve
  geneve 77 and ip
  geneve or ip
  geneve and ether host 02:00:00:00:00:01
  geneve and vlan 10 and tcp
  len > 100 and geneve and ip
  len > 100 or geneve or ip
  geneve and pppoes and ip6
  geneve 20000000
  tcp[13] & 2 != 0
  1 + tcp[0] = 5
  tcp[0] + 1 = 5
  icmp6[0] = 135
  arp[7] = 2
  aarp[0] = 1
  radio[0] = 0
  len / ip[0] = 5
  ip[0] / len = 0
  len >> 33 = 0
  len << ip6[7] > 5
  ip[ip[0]] = 5
  -len > 5
  len % 7 = 3 ^ 1
  ip[0:4] - ip[4:4] * 2 >= ip[8:2] | 1
  1+(2+(3+(4+(5+(6+(7+(8+(9+(10+(11+(12+(13+(14+(15+(16+len))))))))))))))) > 0
  ether host 02:00:00:00:00:01
  wlan addr1 02:00:00:00:00:01
  ether src and dst host 02:00:00:00:00:01
  gateway a
  ether host 10.9.0.1
  ip host 02:00:00:00:00:01
  len > 100 and ether host 02:00:00:00:00:01 and ip
  wlan ta 02:00:00:00:00:02
  wlan addr2 02:00:00:00:00:02
  wlan addr4 02:00:00:00:00:02
  type mgt
  dir tods
  type data subtype qos-data
  subtype beacon
  wlan dst host ff:ff:ff:ff:ff:ff
  wlan src host 02:00:00:00:00:01
`);

export const OF_ONE_LINK_TYPE: ReadonlyMap<number, readonly string[]> = new Map([
  [
    7,
    lines(`
      link host $2a
      link src host $01
      broadcast
      multicast
      tcp host $01
    `),
  ],
  [
    117,
    lines(`
      on en0
      rset main
      rnr 10
      srnr 3 and ip
      reason match or action block
      outbound
      on abcdefghijklmnopq
    `),
  ],
  [
    123,
    lines(`
      lane and ip
      lane or vpi 3
      metac or bcc or sc or ilmic
      oam or oamf4
      oamf4sc or oamf4ec
      connectmsg
    `),
  ],
  [
    140,
    lines(`
      fisu or lssu
      msu
      hfisu or hlssu or hmsu
      sio 5 or hsio > 3
      opc 300
      dpc (1 or 513)
      sls 20
      sls != 3
    `),
  ],
  [
    192,
    lines(`
      type mgt
      vlan
      ether host 02:00:00:00:00:01 and ip
      llc
    `),
  ],
  [
    8,
    lines(`
      inbound
      outbound and ip
      len > 3 or inbound
    `),
  ],
  [
    166,
    lines(`
      inbound
      outbound
    `),
  ],
  [
    119,
    lines(`
      ip
      wlan host 02:00:00:00:00:01
      len > 100 and ip and radio[4:4] = 1
      vlan 10 and ip
    `),
  ],
]);

export interface Asked {
  readonly linkType: number;
  readonly text: string;
}

/** Of what is asked, the part that is recorded for machines without tcpdump. */
const RECORDED_LINK_TYPES = [1, 105];

export function askedOf(linkTypes: readonly number[]): Asked[] {
  const asked: Asked[] = [];
  const ask = (linkType: number, texts: readonly string[]) => asked.push(...texts.map((text) => ({ linkType, text })));
  for (const linkType of linkTypes) ask(linkType, PRIMITIVES);
  for (const linkType of [...MAIN_LINK_TYPES, ...OTHER_LINK_TYPES]) ask(linkType, EVERYWHERE);
  for (const [linkType, texts] of OF_ONE_LINK_TYPE) ask(linkType, texts);
  return asked;
}

export function recordedAsked(): Asked[] {
  return askedOf(RECORDED_LINK_TYPES);
}

export function allAsked(): Asked[] {
  return askedOf(MAIN_LINK_TYPES);
}
