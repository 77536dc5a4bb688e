/** A name with its colour, cut in the middle as its place demands, whole on hover. */
import { colourVariable } from "../colour.js";

/** Characters of a long name's end that are always shown. */
const TAIL = 8;

export function Name(props: { text: string; binding?: number; mono?: boolean }) {
  return (
    <span class={props.mono ? "name mono" : "name"} title={props.text}>
      {props.binding !== undefined && <Chip binding={props.binding} />}
      <CutText text={props.text} />
    </span>
  );
}

/** Where it does not fit, the beginning is cut at its end and the end stays: names often differ there. */
export function CutText(props: { text: string }) {
  const { text } = props;
  return (
    <span class="name-text">
      <span class="name-head">{text.slice(0, -TAIL)}</span>
      <span class="name-tail">{text.slice(-TAIL)}</span>
    </span>
  );
}

export function Chip(props: { binding: number }) {
  return <span class="chip" aria-hidden="true" style={{ background: colourVariable(props.binding) }} />;
}

/** A figure with every digit on hover. */
export function Figure(props: { text: string; exact?: string; class?: string }) {
  return (
    <span class={props.class ?? ""} title={props.exact ?? ""}>
      {props.text}
    </span>
  );
}
