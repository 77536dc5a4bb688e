/** Texts of downloaded environments. */
import { Cause, DownloadedCall, type DownloadedCallName } from "../../src/kernel/abi.js";

const PARAMETERS = Array.from({ length: 10 }, (_, at) => `r${at}:${at === 0 ? "p" : "i"}`).join(", ");

/** r2 is the cause, r3 … r9 the message; r10 … r19 are free. `rest`: further lambdas. */
export function image(main: string, handler: string, rest = ""): string {
  return `v_lambda f0(${PARAMETERS}) : i in packet
v_getreg r10..r19:i
v_genlabel 20
  v_beqii r2, ${Cause.exception}, L19
${main}
L19:
${handler}
v_end
${rest}`;
}

/** A call of the kernel: its answer goes to `rd`. */
export function kernel(rd: string, call: DownloadedCallName, ...args: readonly (string | number)[]): string {
  const six = [0, 1, 2, 3, 4, 5].map((at) => args[at] ?? 0);
  return `  v_scalli ${rd}, kernel, ${DownloadedCall[call]}, ${six.join(", ")}`;
}

export const ABANDON = "  v_retii 2";

/** Maps a page of its own where none is, with both rights, and tries again. */
export const MAPS = `  v_bneii r3, 1, L18
${kernel("r10", "alloc", -1)}
  v_bltii r10, 0, L18
  v_rshui r11, r4, 12
${kernel("r10", "map", "r11", "r10", 3)}
  v_bneii r10, 0, L18
  v_retii 0
L18:
  v_retii 2`;

/** Writes the numbers from 0 to 3,071 into three pages from 0x5000 on, and adds them up. */
export const SUMS = image(
  `  v_seti r10, 0x5000
  v_seti r11, 0
L0:
  v_fuel 5
  v_stvii r11, r10, 0
  v_addii r10, r10, 4
  v_addii r11, r11, 1
  v_bltii r11, 3072, L0
  v_seti r10, 0x5000
  v_seti r11, 0
  v_seti r12, 0
L1:
  v_fuel 6
  v_ldvii r13, r10, 0
  v_addi r12, r12, r13
  v_addii r10, r10, 4
  v_addii r11, r11, 1
  v_bltii r11, 3072, L1
  v_reti r12`,
  MAPS,
);

/** Runs for ever. */
export const LOOPS = image("L0:\n  v_fuel 2\n  v_jv L0", ABANDON);

/** Pages as its first word says, then the sum of message and cause. */
export const TAKES = image(
  `  v_seti r10, 0
L0:
  v_fuel 8
  v_bgei r10, r3, L1
${kernel("r11", "alloc", -1)}
${kernel("r12", "map", "r10", "r11", 3)}
  v_lshii r12, r10, 12
  v_stvii r2, r12, 0
  v_addii r10, r10, 1
  v_jv L0
L1:
  v_addi r10, r2, r3
  v_addi r10, r10, r4
  v_reti r10`,
  ABANDON,
);

/** As MAPS, on a machine of any page size. */
const MAPS_ANY = `  v_bneii r3, 1, L18
${kernel("r10", "alloc", -1)}
  v_bltii r10, 0, L18
${kernel("r12", "fact", 1)}
  v_divi r11, r4, r12
${kernel("r10", "map", "r11", "r10", 3)}
  v_bneii r10, 0, L18
  v_retii 0
L18:
  v_retii 2`;

/** Counts packets, their octets on the wire, and the captured ones, at 0x5000; a wakeup, from outside, reads a word there. */
export const COUNTS = image(
  `  v_seti r10, 0x5000
  v_beqii r2, ${Cause.message}, L0
  v_beqii r2, ${Cause.wake}, L1
${kernel("r11", "sleep", -1)}
  v_retii 0
L0:
  v_ldvii r11, r10, 0
  v_addii r11, r11, 1
  v_stvii r11, r10, 0
  v_ldvii r11, r10, 4
  v_addi r11, r11, r4
  v_stvii r11, r10, 4
  v_ldvii r11, r10, 8
  v_addi r11, r11, r1
  v_stvii r11, r10, 8
  v_retii 0
L1:
  v_addi r10, r10, r3
  v_ldvii r11, r10, 0
  v_reti r11`,
  MAPS_ANY,
);

/** With a packet it never comes to an end, and does not give up when its fuel does. */
export const EATS = image(
  `  v_beqii r2, ${Cause.message}, L0
${kernel("r11", "sleep", -1)}
  v_retii 0
L0:
  v_fuel 2
  v_jv L0`,
  "L1:\n  v_fuel 2\n  v_jv L1",
);
