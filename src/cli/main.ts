/**
 * The command line. Commands are imported when they are called, so that start-up is short.
 * Results go to stdout, progress and diagnostics to stderr; exit 0 success, 1 the input is wrong, 2 usage.
 */
import { readFileSync } from "node:fs";
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { STAGE_NAMES } from "../dpf/stage-names.js";
import { DEFAULT_TARGET, TARGETS } from "../dpf/target.js";
import { TIME_FORMS } from "../wire/time.js";
import { SUITES } from "./bench-suites.js";
import { HANDLER_TERMS, type HandlerOption, handlerOption } from "./handler-option.js";

const USAGE = 2;

function version(): string {
  const packageFile = new URL("../../package.json", import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(packageFile, "utf8"));
  return version;
}

function speed(text: string): number | "max" {
  if (text === "max") return "max";
  const value = Number(text);
  if (!(value >= 0.001 && value <= 1_000_000)) {
    throw new InvalidArgumentError("a speed is 0.001 to 1000000, or max.");
  }
  return value;
}

function count(least: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,9}$/.test(text) || Number(text) < least) {
      throw new InvalidArgumentError(`a whole number from ${least} is wanted.`);
    }
    return Number(text);
  };
}

/** One more of them. */
function handlers(text: string, before: readonly HandlerOption[] = []): readonly HandlerOption[] {
  const option = handlerOption(text);
  if (typeof option === "string") throw new InvalidArgumentError(option);
  return [...before, option];
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError("a port is 0 to 65535.");
  return Number(text);
}

/** Octets of a text like 64MiB, 64M, 65536. */
function octets(text: string): number {
  const match = /^(\d{1,12})(k|m|g)?(?:ib|b)?$/i.exec(text);
  if (match === null) throw new InvalidArgumentError("a size is a number with K, M or G behind it.");
  const powers: Record<string, number> = { k: 10, m: 20, g: 30 };
  const value = Number(match[1]) * 2 ** (powers[match[2]?.toLowerCase() ?? ""] ?? 0);
  if (value < 16 * 2 ** 20 || value > 2 ** 31 - 2 ** 16) {
    throw new InvalidArgumentError("physical memory is 16 MiB to just under 2 GiB.");
  }
  return value;
}

const targetOption = () =>
  new Option("--target <name>", "what filters are compiled to").choices(TARGETS).default(DEFAULT_TARGET);
const shadowOption = () =>
  new Option("--shadow <name>", "also run on this target, and count where the two disagree").choices(TARGETS);
const languageOption = (standard: "pcap" | "dpf") =>
  new Option("--language <name>", "what the text is written in").choices(["pcap", "dpf"]).default(standard);
const readerOption = () => new Option("--reader <name>", "who reads the capture").choices(["exonet", "pcap-parser"]);
const memoryOption = () => new Option("--memory <size>", "physical memory, such as 64M").argParser(octets);

function program(): Command {
  const exonet = new Command("exonet");
  exonet
    .description("A packet-processing appliance shaped as an exokernel")
    .version(version())
    .exitOverride()
    .showHelpAfterError("(--help says more, also behind a command)");
  const commands = [addServe, addReplay, addFilter, addSplit, addExplain, addInfo, addCompile, addCheck, addCode];
  for (const add of [...commands, addBench]) add(exonet);
  return exonet;
}

function addServe(exonet: Command): void {
  exonet
    .command("serve")
    .description("the appliance, with its dashboard")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <port>", "port to listen on", port, 7117)
    .option("--data <dir>", "data folder (default: $XDG_DATA_HOME/exonet)")
    .option("--profile <file>", "start with this profile")
    .addOption(targetOption())
    .addOption(shadowOption())
    .addOption(memoryOption())
    .action(async (options) => {
      const { serve } = await import("./serve.js");
      await serve(options);
    });
}

function addReplay(exonet: Command): void {
  exonet
    .command("replay")
    .description("replay captures through filters, headless, and say who got what")
    .argument("<capture...>", "pcap or pcapng, also gzipped; - is stdin; several are merged by time")
    .option(
      "--filters <path>",
      "a folder of filter files, one of them, or a list of filters (default: the folder filters)",
    )
    .addOption(new Option("--profile <file>", "environments and bindings of this profile").conflicts("filters"))
    .option(
      "--handler <file=filter[,term]…>",
      "a handler, NAME.ash.ts, that goes first on what this filter matches, and may send; its counters and state are told at the end; also several times",
      handlers,
    )
    .option("--speed <n|max>", "a factor of capture time, or flat out", speed, "max")
    .option("--loop <n>", "play it so many times", count(1), 1)
    .addOption(readerOption())
    .addOption(targetOption())
    .addOption(shadowOption())
    .addOption(memoryOption())
    .option("--json", "for machines")
    .addHelpText("after", () => termsText())
    .action(async (captures, options) => {
      const { replay } = await import("./replay.js");
      process.exitCode = await replay(captures, options);
    });
}

function termsText(): string {
  const lines = HANDLER_TERMS.map(([form, about]) => `  ,${form.padEnd(18)}${about}\n`);
  return `\nTerms of a handler, such as nat.ash.ts=web,fuel=5000,environments=server+spare:\n${lines.join("")}\nAnswers need a wire, since captures take no frames: --profile brings one (filters/answering.profile.json).\n`;
}

function addFilter(exonet: Command): void {
  exonet
    .command("filter")
    .description("the packets of a capture that a filter accepts")
    .argument("<capture>", "pcap or pcapng, also gzipped; - is stdin")
    .argument("<expr...>", "the filter's text, which may be several words")
    .option("-w, --write <file>", "write them as a capture; - is stdout; a file that is there is replaced")
    .option("--count", "print how many they are, and nothing else")
    .addOption(new Option("--time <form>", "how lines begin").choices(TIME_FORMS).default("utc"))
    .addOption(languageOption("pcap"))
    .addOption(targetOption())
    .option("--json", "for machines")
    .action(async (capture, words: readonly string[], options) => {
      const { filter } = await import("./filter.js");
      process.exitCode = await filter(capture, words.join(" "), options);
    });
}

function addSplit(exonet: Command): void {
  exonet
    .command("split")
    .description("a capture into one file for each filter, in one pass")
    .argument("<capture>", "pcap or pcapng, also gzipped; - is stdin")
    .requiredOption("--filters <path>", "a folder of filter files, one of them, or a list of filters")
    .requiredOption("-o, --output <dir>", "folder of the outputs, NAME.pcap or NAME.pcapng as the capture is")
    .addOption(
      new Option("--mode <name>", "whether a packet goes to every filter that accepts it, or to the one that wins it")
        .choices(["tap", "claim"])
        .default("tap"),
    )
    .option("--unmatched <file>", "write packets that no filter accepts to this file")
    .option("--force", "replace files that are there already")
    .addOption(targetOption())
    .option("--json", "for machines")
    .action(async (capture, options) => {
      const { split } = await import("./split.js");
      process.exitCode = await split(capture, options);
    });
}

function addExplain(exonet: Command): void {
  exonet
    .command("explain")
    .description("why a packet of a capture matches filters, or does not, atom by atom")
    .argument("<capture>", "pcap or pcapng, also gzipped; - is stdin")
    .argument("<packet>", "its number, from 1", count(1))
    .requiredOption("--filters <path>", "a folder of filter files, one of them, or a list of filters")
    .option("--all", "tell of every filter, however many there are")
    .option("--json", "for machines: every filter, with every step")
    .action(async (capture, packet, options) => {
      const { explain } = await import("./explain.js");
      process.exitCode = await explain(capture, packet, options);
    });
}

function addInfo(exonet: Command): void {
  exonet
    .command("info")
    .description("what a capture holds, and what is damaged in it")
    .argument("<capture>", "pcap or pcapng, also gzipped; - is stdin")
    .addOption(readerOption())
    .option("--json", "for machines")
    .action(async (capture, options) => {
      const { info } = await import("./info.js");
      process.exitCode = await info(capture, options);
    });
}

function addCompile(exonet: Command): void {
  exonet
    .command("compile")
    .description("what the compiler makes of a filter: atoms, trie, VCODE and what the targets get")
    .argument("<expr...>", "the filter's text, which may be several words; - is stdin")
    .addOption(new Option("--stage <name>", "this stage alone").choices(["ast", ...STAGE_NAMES]))
    .addOption(languageOption("pcap"))
    .option(
      "--link-type <name>",
      "frames begin as this says; DPF text begins at the first octet, whatever it is",
      "ETHERNET",
    )
    .action(async (words: readonly string[], options) => {
      const { compile } = await import("./compile.js");
      process.exitCode = await compile(words.join(" "), options);
    });
}

function addCheck(exonet: Command): void {
  exonet
    .command("check")
    .description("whether filters and handlers are right; what is wrong is told as file:line:column: message")
    .argument(
      "<file...>",
      "filter files, lists of filters, handlers (NAME.ash.ts), folders of them; - is the text of one on stdin",
    )
    .addOption(languageOption("pcap").choices(["pcap", "dpf", "ash"]))
    .option("--link-type <name>", "frames begin as this says, for pcap-filter texts", "ETHERNET")
    .option("--json", "for machines")
    .addHelpText("after", "\n--language is that of stdin, ash of a handler: a file's extension names its own.\n")
    .action(async (files, options) => {
      const { check } = await import("./check.js");
      process.exitCode = await check(files, options);
    });
}

function addCode(exonet: Command): void {
  exonet
    .command("code")
    .description("VCODE of a downloaded environment of ours")
    .addArgument(new Argument("<name>", "forger tries what it may not").choices(["forger"]))
    .option("--page-size <octets>", "of the machine that it is for", count(1), 4096)
    .option("--json", "as the body of the request that makes an environment of it")
    .action(async (name, options) => {
      const { code } = await import("./code.js");
      process.exitCode = code(name, options);
    });
}

function addBench(exonet: Command): void {
  exonet
    .command("bench")
    .description("measure, with the bounds that are promised")
    .addArgument(new Argument("[suite]", "what to measure").choices(Object.keys(SUITES)).default("replay"))
    .addHelpText("after", () => suitesText())
    .option("--check", "exit 1 where a bound is missed")
    .option("--json", "for machines")
    .action(async (suite, options) => {
      const { bench } = await import("./bench.js");
      process.exitCode = await bench(suite, options);
    });
}

function suitesText(): string {
  const lines = Object.entries(SUITES).map(([name, about]) => `  ${name.padEnd(8)}${about}\n`);
  return `\nSuites:\n${lines.join("")}`;
}

/** A closed pipe ends quietly: `exonet … | head` is no error. */
function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
      if (stream === process.stdout)
        process.stderr.write(`exonet: what was printed cannot be written: ${error.code}\n`);
      process.exit(1);
    });
  }
}

/** Commands whose last operand is a filter's text. */
const TEXT_COMMANDS: ReadonlySet<string> = new Set(["filter", "compile"]);

/** `-ip[8] & 0xff = 192` is a text and no option: no option has blanks or brackets. It goes last, behind `--`. */
function withTextLast(args: readonly string[]): readonly string[] {
  if (!TEXT_COMMANDS.has(args[0] ?? "") || args.includes("--")) return args;
  const at = args.findIndex((argument) => /^-[^=]*[\s[(]/.test(argument));
  return at < 0 ? args : [...args.slice(0, at), ...args.slice(at + 1), "--", ...args.slice(at, at + 1)];
}

async function main(): Promise<void> {
  endQuietlyOnClosedPipe();
  try {
    await program().parseAsync(withTextLast(process.argv.slice(2)), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE;
    else {
      const { failure } = await import("./failure.js");
      process.exitCode = failure(error);
    }
  }
}

/** Settles when the command has ended. */
export const ended = main();
