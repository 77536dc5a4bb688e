/** Reads one capture through, in a worker of its own, and ends. What a request does not need is not loaded for it. */
import { parentPort, workerData } from "node:worker_threads";
import type { LookAnswer, LookRequest } from "./look.js";
import type { PreviewPacket } from "./protocol.js";
import type { Scanned } from "./scan.js";

export type ScanRequest =
  | { readonly kind: "info"; readonly path: string }
  | { readonly kind: "preview"; readonly path: string; readonly packets: number }
  | LookRequest;

export type ScanAnswer =
  | { readonly kind: "info"; readonly scanned: Scanned }
  | { readonly kind: "preview"; readonly packets: readonly PreviewPacket[] }
  | LookAnswer
  | { readonly kind: "failed"; readonly reason: string };

async function answer(request: ScanRequest): Promise<ScanAnswer> {
  switch (request.kind) {
    case "info":
      return { kind: "info", scanned: await scanned(request.path) };
    case "preview": {
      const { previewCapture } = await import("../capture/preview.js");
      return { kind: "preview", packets: await previewCapture(request.path, { packets: request.packets }) };
    }
    default: {
      const { look } = await import("./look.js");
      return look(request);
    }
  }
}

async function scanned(path: string): Promise<Scanned> {
  const { captureInfo } = await import("../capture/info.js");
  const report = await captureInfo(path);
  const { readable, timeline, format, packets, linktypes, first_ts, last_ts, truncated, damage } = report;
  return { readable, timeline, info: { format, packets, linktypes, first_ts, last_ts, truncated, damage } };
}

const request: ScanRequest = workerData;
// What the system says of a file names its path, which is nobody's business; the code is enough.
parentPort?.postMessage(await answer(request).catch(failure));

function failure(error: unknown): ScanAnswer {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unexpected";
  return { kind: "failed", reason: code };
}
