/** Every error as a Problem (RFC 9457). The tables are exhaustive: a new code does not compile until it has a status. */
import { STATUS_CODES } from "node:http";
import type { FastifyError } from "fastify";
import { KERNEL_ERRORS, type KernelError } from "../kernel/kerrno.js";
import { StoreError, type StoreErrorCode } from "../store/errors.js";
import type { Problem, ProblemPlace } from "./protocol.js";
import { CONTROL_ERRORS, type ControlErrorCode, ControlRefusal, KernelRefusal } from "./refusal.js";

export const PROBLEM_TYPE = "application/problem+json";

export function problemOf(error: unknown, maxPlaces: number): Problem {
  if (error instanceof ControlRefusal) {
    return problem(CONTROL_ERRORS[error.code][0], error.code, error.message, error.places.slice(0, maxPlaces));
  }
  if (error instanceof KernelRefusal) {
    const meaning = KERNEL_ERRORS[error.code];
    const detail = ["", meaning].includes(error.message) ? meaning : `${meaning}: ${error.message}`;
    const told = problem(kernelStatus(error.code), error.code, detail, error.places.slice(0, maxPlaces));
    return error.overlaps === undefined ? told : { ...told, overlaps: error.overlaps };
  }
  if (error instanceof StoreError) return problem(storeStatus(error.code), error.code, error.message);
  return isFastify(error) ? fastifyProblem(error, maxPlaces) : refused("E_INTERNAL");
}

function problem(status: number, code: string, detail: string, errors: readonly ProblemPlace[] = []): Problem {
  const title = STATUS_CODES[status] ?? "Error";
  return { type: "about:blank", title, status, detail, code, ...(errors.length > 0 ? { errors } : {}) };
}

/** A problem of the control plane's own. */
export function refused(code: ControlErrorCode, detail?: string, places: readonly ProblemPlace[] = []): Problem {
  const [status, meaning] = CONTROL_ERRORS[code];
  return problem(status, code, detail === undefined ? meaning : `${meaning}: ${detail}`, places);
}

function isFastify(error: unknown): error is FastifyError {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

function fastifyProblem(error: FastifyError, maxPlaces: number): Problem {
  switch (error.code) {
    case "FST_ERR_VALIDATION":
      return refused("E_SCHEMA", error.validationContext, schemaPlaces(error).slice(0, maxPlaces));
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return refused("E_BODY_TOO_LARGE");
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return refused("E_MEDIA_TYPE");
    case "FST_ERR_BAD_URL":
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
    case "FST_ERR_MAX_PARAM_LENGTH":
      return refused("E_REQUEST");
    default:
      // Other 4xx of the server are about the request's form; their texts may quote it.
      return refused((error.statusCode ?? 500) < 500 ? "E_REQUEST" : "E_INTERNAL");
  }
}

function schemaPlaces(error: FastifyError): ProblemPlace[] {
  return meant(error.validation ?? []).map((found) => {
    const { additionalProperty, missingProperty } = found.params;
    const key = additionalProperty ?? missingProperty;
    const pointer = typeof key === "string" ? `${found.instancePath}/${escapePointer(key)}` : found.instancePath;
    return { message: found.message ?? found.keyword, code: found.keyword, pointer };
  });
}

type SchemaError = NonNullable<FastifyError["validation"]>[number];

/**
 * Without those of the branches of a choice that were not meant: where the keys are those of one branch,
 * and only values are wrong, it was that one.
 */
function meant(errors: readonly SchemaError[]): readonly SchemaError[] {
  let left = errors;
  for (const choice of errors.filter(({ keyword }) => keyword === "anyOf")) {
    const ofChoice = (error: SchemaError) => error.schemaPath.startsWith(`${choice.schemaPath}/`);
    const branchOf = (error: SchemaError) => error.schemaPath.slice(choice.schemaPath.length + 1).split("/")[0];
    const own = left.filter(ofChoice);
    const wrongKeys = new Set(own.filter(({ instancePath }) => instancePath === choice.instancePath).map(branchOf));
    const fits = (error: SchemaError) => ofChoice(error) && !wrongKeys.has(branchOf(error));
    if (own.some(fits)) left = left.filter((error) => error !== choice && (!ofChoice(error) || fits(error)));
  }
  return left;
}

/** RFC 6901, section 3. */
export function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function kernelStatus(code: KernelError): number {
  switch (code) {
    case "E_CAPABILITY_EXPIRED":
    case "E_CAPABILITY_REVOKED":
    case "E_CAPABILITY_WEAKENED":
      return 401;
    case "E_CAPABILITY_FORGED":
    case "E_CAPABILITY_RIGHT":
    case "E_BUDGET":
    case "E_CAPABILITY_STRONGER":
    case "E_CAPABILITY_OWNER":
    case "E_HANDLE":
    case "E_PAGE_OWNER":
    case "E_PAGE_FIXED":
      return 403;
    case "E_NO_CAPABILITY":
    case "E_NO_ENVIRONMENT":
    case "E_NO_BINDING":
    case "E_NO_BOUND_HANDLER":
    case "E_NO_PREDICATE":
    case "E_NO_CHANGE":
    case "E_NO_PAGE":
    case "E_NO_PORT":
      return 404;
    case "E_NOTHING_HELD":
    case "E_REVOCATION_PENDING":
    case "E_REVOCATION_LATE":
    case "E_NOT_ASKED":
    case "E_PAGE_TAKEN":
    case "E_NAME_TAKEN":
    case "E_CLAIM_IDENTICAL":
    case "E_CLAIM_OVERLAP":
    case "E_NO_REPLAY":
    case "E_NOT_SEEKABLE":
    case "E_SLICE_TAKEN":
    case "E_SLICE_OWNER":
    case "E_SLICE_OVER":
    case "E_CALLER_WAITS":
    case "E_CALLEE_WAITS":
    case "E_CALLEE_DIED":
    case "E_CALL_KEPT":
    case "E_NOT_CALLED":
    case "E_DEADLOCK":
    case "E_NOT_DOWNLOADED":
    case "E_PAGE_RIGHT":
    case "E_NO_EXCEPTION":
    case "E_LAYOUT":
    case "E_HOPS":
    case "E_CHANGE_PENDING":
      return 409;
    case "E_NAME":
    case "E_ARGUMENT":
    case "E_CALL":
    case "E_ADDRESS":
      return 400;
    case "E_PROGRAM":
    case "E_FILTER":
    case "E_COMPILE":
    case "E_SOURCE":
    case "E_TEMPLATE":
    case "E_FRAME_LENGTH":
    case "E_NOT_OWNED":
    case "E_PORT_FILE":
    case "E_IMAGE":
      return 422;
    case "E_TOO_MANY":
    case "E_NO_MEMORY":
    case "E_NOT_KEPT":
    case "E_NO_SLICE":
    case "E_QUEUE_FULL":
    case "E_CALL_DEPTH":
    case "E_PORT_FULL":
    case "E_SEND_RATE":
    case "E_PREDICATE_RATE":
      return 507;
    case "E_MACHINE_FAILED":
      return 500;
    default:
      return unreachable(code);
  }
}

function storeStatus(code: StoreErrorCode): number {
  switch (code) {
    case "E_NAME":
      return 400;
    case "E_NO_CAPTURE":
    case "E_NO_FILTER":
    case "E_NO_HANDLER":
      return 404;
    case "E_CAPTURE_GONE":
      return 410;
    case "E_CAPTURE_EXISTS":
    case "E_CAPTURE_UPLOADING":
      return 409;
    case "E_TEXT_TOO_LONG":
    case "E_PROFILE_TOO_LONG":
    case "E_UPLOAD_TOO_LARGE":
      return 413;
    case "E_TOO_MANY_FILTERS":
    case "E_TOO_MANY_HANDLERS":
    case "E_STORE_FULL":
    case "E_DISK_FULL":
      return 507;
    case "E_STORE_LOCKED":
    case "E_STORE_NEWER":
      return 500;
    default:
      return unreachable(code);
  }
}

function unreachable(code: never): never {
  throw new Error(`no status for ${String(code)}`);
}
