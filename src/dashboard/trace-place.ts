/**
 * What of the trace is looked at, as the selection of the view Trace: environment/kinds,that,are,hidden/letters, each
 * empty where nothing is chosen.
 */

export interface TracePlace {
  /** Null: of all. */
  readonly environment: number | null;
  readonly hidden: ReadonlySet<string>;
  readonly text: string;
}

export const NOWHERE: TracePlace = { environment: null, hidden: new Set(), text: "" };

export function parseTracePlace(selection: string): TracePlace {
  const [environment = "", hidden = "", ...text] = selection.split("/");
  return {
    environment: /^\d+$/.test(environment) ? Number(environment) : null,
    hidden: new Set(hidden.split(",").filter((name) => name !== "")),
    text: text.join("/"),
  };
}

export function traceSelection({ environment, hidden, text }: TracePlace): string {
  return [environment ?? "", [...hidden].sort().join(","), text].join("/").replace(/\/+$/, "");
}
