/**
 * Loads what commands that judge packets share. Node opens the files of a module's imports, and of theirs, all at
 * once, which is more than a process may have open where its limit is 64: so the parts are loaded one after the other,
 * each with few files that no part before it had.
 */
const PARTS: readonly (() => Promise<unknown>)[] = [
  () => import("../vcode/verify.js"),
  () => import("../vcode/js.js"),
  () => import("../vcode/wasm.js"),
  () => import("../dpf/claims.js"),
  () => import("../dpf/plan.js"),
  () => import("../dpf/gen.js"),
  () => import("../dpf/dpf.js"),
  () => import("../dpf/demux.js"),
  () => import("../filter/filter.js"),
  () => import("../capture/feed.js"),
  () => import("../capture/capture.js"),
];

export async function loadInParts(): Promise<void> {
  for (const load of PARTS) await load();
}
