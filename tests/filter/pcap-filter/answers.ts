/**
 * libpcap's answers, through tcpdump: its unoptimised code for captures of a link type. What is asked is a file of no
 * frames, for some of libpcap's answers are others for live captures.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Instruction, readProgram } from "./bpf.js";
import { each } from "./tcpdump.js";

const run = promisify(execFile);

export type Answer = { readonly program: readonly Instruction[] } | { readonly refusal: string };

/** Pairs of a file and a text; "=" and the exit status end each answer. One shell for many is quicker than a child for each. */
const SCRIPT = 'while [ $# -gt 0 ]; do tcpdump -r "$1" -O -ddd -- "$2" 2>&1; echo "= $?"; shift 2; done';
const IN_ONE = 25;
const INSTRUCTION = /^\d+ \d+ \d+ \d+$/;

interface Asked {
  readonly linkType: number;
  readonly text: string;
}

/** To be closed. */
export class Answers {
  readonly #folder = mkdtempSync(join(tmpdir(), "exonet-tcpdump-"));
  readonly #files = new Map<number, string>();

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  /** In the order of what is asked. */
  async of(asked: readonly Asked[]): Promise<Answer[]> {
    const count = Math.ceil(asked.length / IN_ONE);
    const batches: Answer[][] = Array.from({ length: count }, () => []);
    await each([...batches.keys()], async (batch) => {
      batches[batch] = await this.#answers(asked.slice(batch * IN_ONE, (batch + 1) * IN_ONE));
    });
    return batches.flat();
  }

  async #answers(asked: readonly Asked[]): Promise<Answer[]> {
    const pairs = asked.flatMap(({ linkType, text }) => [this.#file(linkType), text]);
    const { stdout } = await run("sh", ["-c", SCRIPT, "sh", ...pairs], { maxBuffer: 1 << 28 });
    const answers = stdout.split(/^= (\d+)\n/m);
    return asked.map((_, at) => answerOf(answers[2 * at] ?? "", answers[2 * at + 1] ?? ""));
  }

  #file(linkType: number): string {
    const known = this.#files.get(linkType);
    if (known !== undefined) return known;
    const header = Buffer.alloc(24);
    header.writeUInt32LE(0xa1b2c3d4, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(262144, 16);
    header.writeUInt32LE(linkType, 20);
    const file = join(this.#folder, `${linkType}.pcap`);
    writeFileSync(file, header);
    this.#files.set(linkType, file);
    return file;
  }
}

function answerOf(printed: string, status: string): Answer {
  const lines = printed.trim().split("\n");
  if (status !== "0") return { refusal: lines.at(-1) ?? "" };
  return { program: readProgram(lines.filter((line) => INSTRUCTION.test(line))) };
}
