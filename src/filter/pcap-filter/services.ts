/**
 * Ports by the names of services, as Debian's netbase 6.4 lists them in /etc/services, aliases included: one number for
 * each name, whatever the transport. What it lists for transports other than TCP and UDP is left out, since libpcap asks
 * for those two only.
 */

export type Transport = "tcp" | "udp";

export interface Port {
  readonly port: number;
  /** Those that the name is listed for; both for a number. */
  readonly transports: readonly Transport[];
}

export interface PortRange {
  /** As written: it may be below 0, above 65,535, or above `last`. */
  readonly first: number;
  readonly last: number;
  readonly transports: readonly Transport[];
}

const TCP_AND_UDP = `
  echo=7 discard,sink,null=9 daytime=13 chargen,ttytst,source=19 time,timserver=37 tacacs=49 domain=53
  kerberos,kerberos5,krb5,kerberos-sec=88 sunrpc,portmapper=111 snmp=161 snmp-trap,snmptrap=162 cmip-man=163
  cmip-agent=164 rpc2portmap=369 codaauth2=370 ldap=389 svrloc=427 https=443 kpasswd=464 syslog=514 gdomap=538
  rtsp=554 ldaps=636 ldp=646 tinc=655 kerberos4,kerberos-iv,kdc=750 kerberos-master=751 domain-s=853
  openvpn=1194 datametrics,old-radius=1645 sa-msg-port,old-radacct=1646 radius=1812 radius-acct,radacct=1813
  nfs=2049 gnunet=2086 rtcm-sc104=2101 venus=2430 venus-se=2431 codasrv=2432 codasrv-se=2433 mon=2583 isns=3205
  nut=3493 sip=5060 sip-tls=5061 gnutella-svc=6346 gnutella-rtr=6347 asp=27374
`;

const TCP = `
  tcpmux=1 systat,users=11 netstat=15 qotd,quote=17 ftp-data=20 ftp=21 ssh=22 telnet=23 smtp,mail=25
  whois,nicname=43 gopher=70 finger=79 http,www=80 iso-tsap,tsap=102 acr-nema,dicom=104 poppassd=106
  pop3,pop-3=110 auth,authentication,tap,ident=113 nntp,readnews,untp=119 epmap,loc-srv=135 netbios-ssn=139
  imap2,imap=143 mailq=174 bgp=179 smux=199 qmtp=209 z3950,wais=210 pawserv=345 zserv=346 snpp=444
  microsoft-ds=445 submissions,ssmtp,smtps,urd=465 saft=487 exec=512 login=513 shell,cmd=514 printer,spooler=515
  uucp,uucpd=540 klogin=543 kshell,krcmd=544 afpovertcp=548 nntps,snntp=563 submission=587 nqs=607 qmqp=628
  ipp=631 silc=706 kerberos-adm=749 krb-prop,krb_prop,krb5_prop,hprop=754 moira-db,moira_db=775
  moira-update,moira_update=777 spamd=783 supfilesrv=871 rsync=873 ftps-data=989 ftps=990 telnets=992 imaps=993
  pop3s=995 socks=1080 proofd=1093 rootd=1094 rmiregistry=1099 supfiledbg=1127 skkserv=1178 rmtcfg=1236
  xtel=1313 xtelw=1314 lotusnote,lotusnotes=1352 ms-sql-s=1433 ingreslock=1524 kermit=1649 groupwise=1677
  cisco-sccp=2000 gsigatekeeper=2119 iprop=2121 gris=2135 cvspserver=2401 zebrasrv=2600 zebra=2601 ripd=2602
  ripngd=2603 ospfd=2604 bgpd=2605 ospf6d=2606 ospfapi=2607 isisd=2608 dict=2628 f5-globalsite=2792 gsiftp=2811
  gpsd=2947 gds-db,gds_db=3050 iscsi-target=3260 mysql=3306 ms-wbt-server=3389 distcc=3632 daap=3689
  svn,subversion=3690 suucp=4031 sysrqd=4094 sieve=4190 f5-iquery=4353 epmd=4369 remctl=4373 ntske=4460 fax=4557
  hylafax=4559 mtn=4691 radmin-port=4899 munin,lrrd=4949 xmpp-client,jabber-client=5222
  xmpp-server,jabber-server=5269 cfengine=5308 postgresql,postgres=5432 freeciv,rptp=5556 nrpe=5666 nsca=5667
  amqps=5671 amqp=5672 canna=5680 x11,x11-0=6000 x11-1=6001 x11-2=6002 x11-3=6003 x11-4=6004 x11-5=6005
  x11-6=6006 x11-7=6007 redis=6379 sge-qmaster,sge_qmaster=6444 sge-execd,sge_execd=6445 mysql-proxy=6446
  syslog-tls=6514 sane-port,sane,saned=6566 ircd=6667 ircs-u=6697 bbs=7000 font-service,xfs=7100 zope-ftp=8021
  http-alt,webcache=8080 tproxy=8081 omniorb=8088 puppet=8140 clc-build-daemon=8990 xinetd=9098 bacula-dir=9101
  bacula-fd=9102 bacula-sd=9103 git=9418 xmms2=9667 zope=9673 webmin=10000 zabbix-agent=10050
  zabbix-trapper=10051 amanda=10080 kamanda=10081 amandaidx=10082 amidxtape=10083 nbd=10809 hkp=11371
  sgi-cad=17004 db-lsp=17500 dcap=22125 gsidcap=22128 wnn6=22273 binkp=24554 csync2=30865 dircproxy=57000
  tfido=60177 fido=60179
`;

const UDP = `
  fsp,fspd=21 bootps=67 bootpc=68 tftp=69 ntp=123 netbios-ns=137 netbios-dgm=138 xdmcp=177 ipx=213 ptp-event=319
  ptp-general=320 clearcase,Clearcase=371 isakmp=500 biff,comsat=512 who,whod=513 talk=517 ntalk=518
  route,router,routed=520 dhcpv6-client=546 dhcpv6-server=547 asf-rmcp=623 kerberos_master=751
  passwd-server,passwd_server=752 moira-ureg,moira_ureg=779 predict=1210 ms-sql-m=1434 l2f,l2tp=1701
  zephyr-srv=2102 zephyr-clt=2103 zephyr-hm=2104 icpv2,icp=3130 ipsec-nat-t=4500 iax=4569 mdns=5353 rplay=5555
  babel=6696 afs3-fileserver=7000 afs3-callback=7001 afs3-prserver=7002 afs3-vlserver=7003 afs3-kaserver=7004
  afs3-volser=7005 afs3-bos=7007 afs3-update=7008 afs3-rmtsys=7009 sgi-cmsd=17001 sgi-crsd=17002 sgi-gcd=17003
`;

const EITHER: readonly Transport[] = ["tcp", "udp"];

const PORTS: ReadonlyMap<string, Port> = new Map([
  ...portsOf(TCP_AND_UDP, EITHER),
  ...portsOf(TCP, ["tcp"]),
  ...portsOf(UDP, ["udp"]),
]);

const MOST_OF_LONG = 2n ** 64n - 1n;

/**
 * Also of a number that was written as a name (`\80`), as getaddrinfo(3) reads it: decimal, of 32 bits, the low 16 of
 * which count; the empty name is port 0. Undefined where there is none.
 */
export function portOf(name: string): Port | undefined {
  if (!/^(?:\+?[0-9]+)?$/.test(name)) return PORTS.get(name);
  const number = BigInt(name === "" ? 0 : name.replace("+", ""));
  const int = Number(BigInt.asIntN(32, number < MOST_OF_LONG ? number : MOST_OF_LONG));
  return int < 0 ? undefined : { port: int & 0xffff, transports: EITHER };
}

/** Of `1-1024`, `ftp-http`, `ftp-80`. A name with a "-" of its own cannot stand here; what follows two numbers is ignored. */
export function portRangeOf(text: string): PortRange | undefined {
  const numbers = /^([-+]?[0-9]+)-([-+]?[0-9]+)/.exec(text);
  if (numbers) return { first: Number(numbers[1]), last: Number(numbers[2]), transports: EITHER };
  const dash = text.indexOf("-");
  const first = dash < 0 ? undefined : portOf(text.slice(0, dash));
  const last = dash < 0 ? undefined : portOf(text.slice(dash + 1));
  if (!first || !last) return undefined;
  const same = first.transports.join() === last.transports.join();
  return { first: first.port, last: last.port, transports: same ? first.transports : EITHER };
}

/** All names, in order of the table. For tests that compare every entry with another source. */
export function serviceNames(): string[] {
  return [...PORTS.keys()];
}

function* portsOf(table: string, transports: readonly Transport[]): Generator<[string, Port]> {
  for (const entry of table.trim().split(/\s+/)) {
    const [names = "", port] = entry.split("=");
    for (const name of names.split(",")) yield [name, { port: Number(port), transports }];
  }
}
