/** Requests below /api/v1: JSON in and out, and every failure as the Problem that the server sent. */
import type { OverlapList, Problem, ProblemPlace } from "../control/protocol.js";

const BASE = "api/v1/";

/** The server refused, or could not be reached (status 0). `detail` is a sentence for a person. */
export class RequestError extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly ProblemPlace[];
  /** Claims for whose sake a claim was refused. */
  readonly overlaps: OverlapList | undefined;

  constructor(problem: Pick<Problem, "status" | "code" | "detail" | "errors" | "overlaps">) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.errors = problem.errors ?? [];
    this.overlaps = problem.overlaps;
  }
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";
export type Body = { readonly json: unknown } | { readonly text: string };

/** Answers the decoded body (undefined where there is none); rejects with RequestError. */
export async function request<T>(method: Method, path: string, body?: Body, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json, application/problem+json" };
  if (body !== undefined) headers["content-type"] = "json" in body ? "application/json" : "text/plain; charset=utf-8";
  const content = body === undefined ? null : "json" in body ? JSON.stringify(body.json) : body.text;
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      body: content,
      credentials: "same-origin",
      cache: "no-store",
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable();
  }
  const text = await response.text();
  if (!response.ok) throw problemOf(response.status, text);
  // The decoder of answers: the protocol's types say what each path answers.
  return (
    text === "" ? undefined : response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text
  ) as T;
}

function unreachable(): RequestError {
  return new RequestError({
    status: 0,
    code: "UNREACHABLE",
    detail: "The appliance does not answer. Is exonet still running?",
  });
}

/** What a failed answer says; an answer that is no Problem still gets a sentence. */
function problemOf(status: number, text: string): RequestError {
  try {
    const problem = JSON.parse(text) as Partial<Problem>;
    if (typeof problem.detail === "string" || typeof problem.title === "string") {
      return new RequestError({
        status,
        code: problem.code ?? String(status),
        detail: problem.detail ?? problem.title ?? "",
        errors: problem.errors ?? [],
        ...(problem.overlaps === undefined ? {} : { overlaps: problem.overlaps }),
      });
    }
  } catch {
    // Not JSON: a proxy's page, or a connection cut in the middle; the status is what is known.
  }
  return new RequestError({ status, code: String(status), detail: `The appliance answered with status ${status}.` });
}

/** An error in words, whatever was thrown. */
export function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export interface Transfer {
  readonly done: Promise<string>;
  readonly cancel: () => void;
}

/** Streams a file as a body; XMLHttpRequest, since fetch does not tell how far an upload is. */
export function send(path: string, file: Blob, progress: (sent: number) => void): Transfer {
  const exchange = new XMLHttpRequest();
  const done = new Promise<string>((resolve, reject) => {
    exchange.upload.onprogress = (event) => progress(event.loaded);
    exchange.onload = () =>
      exchange.status >= 200 && exchange.status < 300
        ? resolve(exchange.responseText)
        : reject(problemOf(exchange.status, exchange.responseText));
    exchange.onerror = () => reject(unreachable());
    exchange.onabort = () => reject(new RequestError({ status: 0, code: "CANCELLED", detail: "Cancelled." }));
  });
  exchange.open("PUT", BASE + path);
  exchange.setRequestHeader("content-type", "application/octet-stream");
  exchange.setRequestHeader("accept", "application/json, application/problem+json");
  exchange.send(file);
  return { done, cancel: () => exchange.abort() };
}
