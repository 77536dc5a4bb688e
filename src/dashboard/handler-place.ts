/** What of handlers is looked at, as the selection of the view Handlers: handler/stage/binding, each empty where nothing is chosen. */
import { computed } from "@preact/signals";
import { go, place } from "./address.js";

export interface HandlerPlace {
  /** "" is the one that is being written. */
  readonly handler: string;
  /** Of the compiler; "" is the text. */
  readonly stage: string;
  /** Name of the binding in view; "" is the first that has the handler. */
  readonly binding: string;
}

export const handlerPlace = computed(() =>
  parseHandlerPlace(place.value.view === "handlers" ? place.value.selection : ""),
);

export function parseHandlerPlace(selection: string): HandlerPlace {
  const [handler = "", stage = "", binding = ""] = selection.split("/");
  return { handler, stage, binding };
}

export function handlerSelection({ handler, stage, binding }: HandlerPlace): string {
  return [handler, stage, binding].join("/").replace(/\/+$/, "");
}

/** Another binding of the handler that is open. */
export function lookAtBinding(binding: string): void {
  go("handlers", handlerSelection({ ...handlerPlace.value, binding }));
}
