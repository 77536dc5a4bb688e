/** Reads one capture through, in a worker of its own, and ends. */
import { parentPort, workerData } from "node:worker_threads";
import { captureInfo } from "../capture/info.js";
import { previewCapture } from "../capture/preview.js";
import type { PreviewPacket } from "./protocol.js";
import type { Scanned } from "./scan.js";

export type ScanRequest =
  | { readonly kind: "info"; readonly path: string }
  | { readonly kind: "preview"; readonly path: string; readonly packets: number };

export type ScanAnswer =
  | { readonly kind: "info"; readonly scanned: Scanned }
  | { readonly kind: "preview"; readonly packets: readonly PreviewPacket[] }
  | { readonly kind: "failed"; readonly reason: string };

async function answer(request: ScanRequest): Promise<ScanAnswer> {
  if (request.kind === "preview") {
    return { kind: "preview", packets: await previewCapture(request.path, { packets: request.packets }) };
  }
  const report = await captureInfo(request.path);
  const { readable, timeline, format, packets, linktypes, first_ts, last_ts, truncated, damage } = report;
  const info = { format, packets, linktypes, first_ts, last_ts, truncated, damage };
  return { kind: "info", scanned: { readable, timeline, info } };
}

const request: ScanRequest = workerData;
// What the system says of a file names its path, which is nobody's business; the code is enough.
parentPort?.postMessage(await answer(request).catch(failure));

function failure(error: unknown): ScanAnswer {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unexpected";
  return { kind: "failed", reason: code };
}
