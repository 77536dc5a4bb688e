/**
 * What library OSes answer passes through the control plane as it is, so no code compares it with what
 * protocol.ts promises the browser: this file does. It is compiled by protocol.test.ts, and never runs.
 */
import type { Static, TSchema } from "typebox";
import type * as protocol from "../../src/control/protocol.js";
import type * as answers from "../../src/control/schemas-handler-answers.js";
import type { Side, Stream } from "../../src/libos/exos/tcp/connection.js";
import type { Flow } from "../../src/libos/flow-table.js";
import type { StatusAnswer } from "../../src/libos/programs/exos.js";
import type { FlowsAnswer } from "../../src/libos/programs/monitor.js";

/** As JSON of a schema has it, which knows no readonly. */
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;
type Fits<A, B> = [A, B] extends [B, A] ? true : false;

/** What OpenAPI says that routes about handlers answer is what the browser is promised. */
function described<S extends TSchema, P>(
  ..._differ: Fits<Frozen<Static<S>>, P> extends true ? [] : ["they differ"]
): void {}

/** Equal to the last optional and readonly: assignability both ways would let those differ. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function same<A, B>(..._differ: Same<A, B> extends true ? [] : ["they differ"]): void {}

same<protocol.Flow, Flow>();
same<protocol.FlowTable, FlowsAnswer>();
same<protocol.Stream, Stream>();
same<protocol.StreamSide, Side>();
same<protocol.ExosStatus, StatusAnswer>();

described<typeof answers.HandlerSummary, protocol.HandlerSummary>();
described<typeof answers.HandlerCheck, protocol.HandlerCheck>();
described<typeof answers.HandlerStage, protocol.Stage>();
described<typeof answers.HandlerBinding, protocol.HandlerBinding>();
described<typeof answers.HandlerStateView, protocol.HandlerStateView>();
described<typeof answers.HandlerKiller, protocol.HandlerKiller>();
described<typeof answers.HandlerRun, protocol.HandlerRun>();

// That it would find a difference.
// @ts-expect-error: a key is missing
described<typeof answers.HandlerKiller, Omit<protocol.HandlerKiller, "wire">>();
// @ts-expect-error: another type
described<typeof answers.HandlerSummary, protocol.HandlerSummary & { readonly octets: string }>();
// @ts-expect-error: a key is missing
same<protocol.Flow, Omit<Flow, "flags">>();
// @ts-expect-error: a key may be missing
same<protocol.Flow, Omit<Flow, "flags"> & { readonly flags?: string }>();
// @ts-expect-error: another type
same<protocol.StreamSide, { readonly [K in keyof Side]: string }>();
