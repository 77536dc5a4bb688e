/**
 * What library OSes answer passes through the control plane as it is, so no code compares it with what
 * protocol.ts promises the browser: this file does. It is compiled by protocol.test.ts, and never runs.
 */
import type * as protocol from "../../src/control/protocol.js";
import type { Side, Stream } from "../../src/libos/exos/tcp/connection.js";
import type { Flow } from "../../src/libos/flow-table.js";
import type { StatusAnswer } from "../../src/libos/programs/exos.js";
import type { FlowsAnswer } from "../../src/libos/programs/monitor.js";

/** Equal to the last optional and readonly: assignability both ways would let those differ. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function same<A, B>(..._differ: Same<A, B> extends true ? [] : ["they differ"]): void {}

same<protocol.Flow, Flow>();
same<protocol.FlowTable, FlowsAnswer>();
same<protocol.Stream, Stream>();
same<protocol.StreamSide, Side>();
same<protocol.ExosStatus, StatusAnswer>();

// That it would find a difference.
// @ts-expect-error: a key is missing
same<protocol.Flow, Omit<Flow, "flags">>();
// @ts-expect-error: a key may be missing
same<protocol.Flow, Omit<Flow, "flags"> & { readonly flags?: string }>();
// @ts-expect-error: another type
same<protocol.StreamSide, { readonly [K in keyof Side]: string }>();
