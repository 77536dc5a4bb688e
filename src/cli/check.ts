/**
 * `exonet check`: whether filters are right. What is wrong is the result, and goes to stdout, each as
 * `file:line:column: message`, or `file: message` where it has no place inside; nothing where all is right. Exit 1 where
 * anything is wrong.
 */
import { basename, extname } from "node:path";
import type { TextError } from "../appliance/interface.js";
import { linkTypeNumber } from "../capture/linktype.js";
import { compileText, type FilterLanguage } from "../filter/filter.js";
import { FILTER_NAME, parseExpect, parseFilterList } from "../filter/library.js";
import { NAME_WORDS } from "../store/name.js";
import { DASH } from "./capture-file.js";
import { InputError } from "./failure.js";
import { filterFilesIn, LANGUAGES } from "./filter-path.js";
import { HANDLER, handlerFilesIn, withHint } from "./handler-file.js";
import { escapeText } from "./terminal.js";
import { readStdin, readText, statOf } from "./text-file.js";

export interface CheckCommand {
  /** Of stdin. */
  readonly language: "pcap" | "dpf" | "ash";
  readonly linkType: string;
  readonly json?: boolean;
}

/** `line` and `column` count from 1, `length` in UTF-16 units; all are null where it is the file that is wrong. */
interface Diagnostic {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly length: number | null;
  readonly code: string | null;
  readonly message: string;
}

export async function check(files: readonly string[], { language, linkType, json }: CheckCommand): Promise<number> {
  const link = linkTypeNumber(linkType);
  if (link === undefined) throw new InputError("--link-type", `no link type is called ${linkType}`);
  const found: Diagnostic[] = [];
  for (const file of files) {
    if (file !== DASH) found.push(...(await checkPath(file, link)));
    else found.push(...(await checkStdin(language, link)));
  }
  if (json === true) process.stdout.write(`${JSON.stringify({ ok: found.length === 0, diagnostics: found })}\n`);
  else process.stdout.write(found.map(lineOf).join(""));
  return found.length === 0 ? 0 : 1;
}

async function checkStdin(language: CheckCommand["language"], link: number): Promise<Diagnostic[]> {
  const text = await readStdin();
  if (language === "ash") return placed(DASH, await handlerErrors(text));
  return placed(DASH, errorsOf(text, language === "dpf" ? "dpf" : "pcap-filter", link));
}

/** What cannot be read is wrong too, and keeps nobody from the rest. */
async function checkPath(path: string, link: number): Promise<Diagnostic[]> {
  try {
    return await checkReadable(path, link);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [whole(path, error.message.replace(`${path}: `, ""))];
  }
}

async function checkReadable(path: string, link: number): Promise<Diagnostic[]> {
  if (statOf(path).isDirectory()) return checkFolder(path, link);
  if (path.endsWith(HANDLER)) return checkHandlerFile(path);
  const language = LANGUAGES[extname(path)];
  if (language !== undefined) return checkFilter(path, language, link);
  if (extname(path) === ".ts") return [whole(path, `a handler is a file NAME${HANDLER}`)];
  const text = readText(path);
  const list = extname(path) === ".expect" ? parseExpect(text) : parseFilterList(text, link);
  if (!list.ok) return placed(path, list.errors);
  return list.entries.length === 0 ? [whole(path, "holds no filter")] : [];
}

async function checkFolder(folder: string, link: number): Promise<Diagnostic[]> {
  const files = filterFilesIn(folder).toSorted();
  const handlers = handlerFilesIn(folder).toSorted();
  if (files.length + handlers.length === 0)
    return [whole(folder, "holds no filter file (*.dpf, *.pcap-filter) and no handler (*.ash.ts)")];
  const found: Diagnostic[] = [];
  for (const file of handlers) found.push(...(await checkPath(file, link)));
  const names = new Map<string, string>();
  for (const file of files) {
    const other = names.get(nameOf(file));
    if (other !== undefined) found.push(whole(file, `has the same name as ${other}`));
    names.set(nameOf(file), file);
    found.push(...(await checkPath(file, link)));
  }
  return found;
}

/** The name must be possible, as nothing can be bound or split by it otherwise. */
function checkFilter(path: string, language: FilterLanguage, link: number): Diagnostic[] {
  const errors = placed(path, errorsOf(readText(path), language, link));
  if (FILTER_NAME.test(nameOf(path))) return errors;
  return [whole(path, `a filter's name is ${NAME_WORDS}`), ...errors];
}

/** The checker is loaded where there is a handler. */
async function handlerErrors(text: string): Promise<readonly TextError[]> {
  const { checkHandlerText } = await import("../appliance/handler-text.js");
  const checked = checkHandlerText(text);
  return checked.ok ? [] : checked.errors.map(withHint);
}

/** As a filter's; what is right here is taken where it is bound. */
async function checkHandlerFile(path: string): Promise<Diagnostic[]> {
  const errors = placed(path, await handlerErrors(readText(path)));
  if (FILTER_NAME.test(basename(path, HANDLER))) return errors;
  return [whole(path, `a handler's name is ${NAME_WORDS}`), ...errors];
}

function nameOf(path: string): string {
  return basename(path, extname(path));
}

function errorsOf(text: string, language: FilterLanguage, link: number): readonly TextError[] {
  const compiled = compileText(text, language, link);
  return compiled.ok ? [] : compiled.errors;
}

function placed(file: string, errors: readonly TextError[]): Diagnostic[] {
  return errors.map(({ line, column, length, code, message }) => ({ file, line, column, length, code, message }));
}

function whole(file: string, message: string): Diagnostic {
  return { file, line: null, column: null, length: null, code: null, message };
}

function lineOf({ file, line, column, message }: Diagnostic): string {
  const place = line === null ? "" : `:${line}:${column}`;
  return `${escapeText(file)}${place}: ${escapeText(message)}\n`;
}
