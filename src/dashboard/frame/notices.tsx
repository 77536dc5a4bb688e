/** Notices at the lower right; read out by screen readers as they come. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { dismiss, notices } from "../notices.js";

export function Notices() {
  const root = useRef<HTMLDivElement>(null);
  // The content leaves so much room at its end.
  useLayoutEffect(() => {
    const element = root.current;
    if (element === null) return;
    const look = () => element.parentElement?.style.setProperty("--notices", `${element.offsetHeight}px`);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div class="notices" role="status" aria-live="polite" ref={root}>
      {notices.value.map((notice) => (
        <div key={notice.id} class={`notice ${notice.level}`}>
          <span class="notice-text">{notice.text}</span>
          {notice.action !== null && (
            <button
              type="button"
              onClick={() => {
                notice.action?.run();
                dismiss(notice.id);
              }}
            >
              {notice.action.label}
            </button>
          )}
          <button type="button" class="quiet" aria-label="Dismiss" onClick={() => dismiss(notice.id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
