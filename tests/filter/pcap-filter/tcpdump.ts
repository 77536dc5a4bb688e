/**
 * libpcap's answers, through tcpdump: its unoptimised code for captures of a link type. What is asked is a file of no
 * frames, for some of libpcap's answers are others for live captures.
 */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instruction, readProgram } from "./bpf.js";

export type Answer = { readonly program: readonly Instruction[] } | { readonly refusal: string };

/** The versions that the expansion is made after; others answer differently. */
export function tcpdumpIsThere(): boolean {
  try {
    return execFileSync("tcpdump", ["--version"], { encoding: "utf8" }).includes("libpcap version 1.10.3");
  } catch {
    return false;
  }
}

const AT_ONCE = 4;

/** To be closed; answers come as many at once as are good for two processors. */
export class Tcpdump {
  readonly #folder = mkdtempSync(join(tmpdir(), "exonet-tcpdump-"));
  readonly #files = new Map<number, string>();

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  async answers(asked: readonly { readonly linkType: number; readonly text: string }[]): Promise<Answer[]> {
    const answers: Answer[] = [];
    let next = 0;
    const worker = async () => {
      while (next < asked.length) {
        const at = next++;
        const { linkType, text } = asked[at] ?? { linkType: 1, text: "" };
        answers[at] = await this.#answer(linkType, text);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return answers;
  }

  #answer(linkType: number, text: string): Promise<Answer> {
    return new Promise((resolve) => {
      const argumentsOf = ["-r", this.#file(linkType), "-O", "-ddd", "--", text];
      execFile("tcpdump", argumentsOf, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        resolve(error === null ? { program: readProgram(stdout) } : { refusal: lastLine(stderr) });
      });
    });
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

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
