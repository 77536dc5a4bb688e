/**
 * libpcap's answers, through tcpdump: its unoptimised code for captures of a link type. What is asked is a file of no
 * frames, for some of libpcap's answers are others for live captures.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instruction, readProgram } from "./bpf.js";
import { each } from "./tcpdump.js";

export type Answer = { readonly program: readonly Instruction[] } | { readonly refusal: string };

/** To be closed. */
export class Answers {
  readonly #folder = mkdtempSync(join(tmpdir(), "exonet-tcpdump-"));
  readonly #files = new Map<number, string>();

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  async of(asked: readonly { readonly linkType: number; readonly text: string }[]): Promise<Answer[]> {
    const answers: Answer[] = [];
    await each([...asked.entries()], async ([at, { linkType, text }]) => {
      answers[at] = await this.#answer(linkType, text);
    });
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
