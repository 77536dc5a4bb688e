/** A button that asks the system for capture files to store. */
import type { ComponentChildren } from "preact";
import { upload } from "../uploads.js";

export function FileButton(props: { class?: string; testId?: string; children: ComponentChildren }) {
  return (
    <label
      class={`button file ${props.class ?? ""}`}
      title="Store a capture file (pcap, pcapng, also gzipped). It can be dropped anywhere, too."
    >
      {props.children}
      <input
        type="file"
        multiple
        class="hidden"
        aria-label="Store a capture file"
        data-testid={props.testId}
        onChange={(event) => {
          upload(event.currentTarget.files ?? []);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}
