/** Where images are emitted and linked. */

import type { EmittedImage, ImageMachine, LinkedImage } from "../vcode/image.js";
import type { TargetName } from "../vcode/target.js";
import type { Verified } from "../vcode/verify.js";

export interface ImageFacts {
  readonly stlb: number;
  readonly entries: number;
  readonly pageShift: number;
}
export function emitImage(_program: Verified, _target: TargetName, _facts: ImageFacts): EmittedImage {
  throw new Error("not here yet");
}
export function linkImage(_image: EmittedImage, _machine: ImageMachine): LinkedImage {
  throw new Error("not here yet");
}
