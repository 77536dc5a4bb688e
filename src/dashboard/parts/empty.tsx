/** What stands where there is nothing yet: what to do next, and the control that does it. */
import type { ComponentChildren } from "preact";

export function Empty(props: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{props.title}</p>
      {props.children}
    </div>
  );
}
