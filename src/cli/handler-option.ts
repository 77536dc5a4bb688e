/** `--handler FILE=FILTER`. */

/** A handler's file, and the filter on whose bindings it is to go first. */
export interface HandlerOption {
  readonly file: string;
  readonly filter: string;
}

/** Undefined where the text is no `FILE=FILTER`. */
export function handlerOption(text: string): HandlerOption | undefined {
  const at = text.lastIndexOf("=");
  return at < 1 || at === text.length - 1 ? undefined : { file: text.slice(0, at), filter: text.slice(at + 1) };
}
