/** Every error that the store can answer. The list is closed; `detail` of the error names the thing and the numbers. */
const STORE_ERRORS = {
  E_NAME: "a name is 1 to 64 of a-z, 0-9, dot, underscore and hyphen, and begins with a letter or a digit",
  E_NO_CAPTURE: "no capture has this name",
  E_CAPTURE_GONE: "the capture's file is no longer in the data folder",
  E_CAPTURE_EXISTS: "a capture of this name exists",
  E_CAPTURE_UPLOADING: "a capture of this name is being uploaded",
  E_NO_FILTER: "no filter has this name",
  E_NO_HANDLER: "no handler has this name",
  E_TOO_MANY_HANDLERS: "as many handlers are stored as may be",
  E_TEXT_TOO_LONG: "the text is longer than a filter, a handler or an image may be",
  E_TOO_MANY_FILTERS: "as many filters are stored as may be",
  E_PROFILE_TOO_LONG: "the profile is longer than it may be",
  E_UPLOAD_TOO_LARGE: "the upload is larger than a capture may be",
  E_STORE_FULL: "the captures together would be larger than the store may be",
  E_DISK_FULL: "the disk takes no more, or would have less free than the store must leave",
  E_STORE_LOCKED: "another server works on this data folder",
  E_STORE_NEWER: "the data folder was written by a newer version",
} as const;

export type StoreErrorCode = keyof typeof STORE_ERRORS;

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, detail: string) {
    super(`${STORE_ERRORS[code]}: ${detail}`);
    this.name = "StoreError";
    this.code = code;
  }
}
