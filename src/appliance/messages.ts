/** What the threads of the appliance say to each other. Types only. */
import type { MessagePort } from "node:worker_threads";
import type { Target } from "../dpf/target.js";
import type { CallAnswer, CallRequest, MachineFacts } from "../kernel/abi.js";
import type { BindingView, Checked, EnvironmentView, EpochResult, FilterLanguage, ReplayStatus } from "./interface.js";

export interface DataPlaneStart {
  readonly key: Uint8Array;
  /** Octets of physical memory. */
  readonly memory: number;
  readonly target: Target;
  readonly books: SharedArrayBuffer;
  /** One word: bumped and notified by whoever has posted something for the data plane. */
  readonly doorbell: SharedArrayBuffer;
  readonly control: MessagePort;
  readonly compiler: MessagePort;
}

export type ToDataPlane =
  | { readonly kind: "call"; readonly request: CallRequest }
  | { readonly kind: "compiler"; readonly port: MessagePort }
  /** A hosted environment's worker has ended, asked or not. */
  | { readonly kind: "worker-ended"; readonly environment: number; readonly reason: string }
  | { readonly kind: "stop" };

export type FromDataPlane =
  | { readonly kind: "ready"; readonly machine: MachineFacts }
  | { readonly kind: "answer"; readonly answer: CallAnswer }
  | { readonly kind: "binding"; readonly view: BindingView }
  | { readonly kind: "unbound"; readonly binding: number }
  | { readonly kind: "environment"; readonly view: EnvironmentView }
  | { readonly kind: "environment-gone"; readonly environment: number }
  /** The environment is being destroyed: end its worker, then say so. */
  | { readonly kind: "end-worker"; readonly environment: number }
  | { readonly kind: "replay"; readonly status: ReplayStatus }
  | { readonly kind: "epoch-ended"; readonly result: EpochResult }
  /** Read a file into the ring (replay-source.ts). */
  | { readonly kind: "feed"; readonly path: string; readonly reader: string; readonly ring: SharedArrayBuffer }
  /** The compile worker missed its deadline: replace it. */
  | { readonly kind: "compiler-stuck" };

export interface CompileStart {
  readonly doorbell: SharedArrayBuffer;
  readonly dataPlane: MessagePort;
  readonly target: Target;
}

/** What the control thread asks of the compile worker. */
export interface CheckRequest {
  readonly seq: number;
  readonly text: string;
  readonly language: FilterLanguage;
}

export type FromCompileWorker =
  | { readonly kind: "begun"; readonly seq: number }
  | { readonly kind: "checked"; readonly seq: number; readonly checked: Checked };
