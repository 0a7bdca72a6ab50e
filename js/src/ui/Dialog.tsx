// What lies over everything else, with the focus held inside: a question or a last word (ARIA alert dialog), or
// something to set (dialog).
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";

interface DialogProps {
  title: string;
  children: ComponentChildren;
  /** What Escape does; without it the dialog stays. */
  onCancel?: () => void;
  /** Takes the focus when it opens; only then is it read. Not for a dialog that appears beside someone else's work. */
  takesFocus?: boolean;
  role?: "alertdialog" | "dialog";
}

const FOCUSABLE =
  "button:not(:disabled), a[href], input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary";

export function Dialog({
  title,
  children,
  onCancel,
  takesFocus = true,
  role = "alertdialog",
}: DialogProps) {
  const box = useRef<HTMLDivElement>(null);
  // Read while rendering: what lies under the dialog turns inert and loses the focus right after.
  const [before] = useState(() => document.activeElement);
  const [takes] = useState(takesFocus);
  const titleId = useId();
  const bodyId = useId();
  // Before the browser paints: whoever sees the dialog can already answer it with the keyboard.
  useLayoutEffect(() => {
    const element = box.current;
    if (!takes || element === null) return;
    (element.querySelector<HTMLElement>("[data-first]") ?? element).focus();
    return () => {
      const here = document.activeElement;
      // Who went on elsewhere stays there.
      if (here !== null && here !== document.body && !element.contains(here)) return;
      // What lay under the dialog is inert until this rendering is done.
      queueMicrotask(() => {
        if (before instanceof HTMLElement && before.isConnected) before.focus();
      });
    };
  }, [takes, before]);
  useLayoutEffect(() => {
    // The focus can end up nowhere (its control went away); Escape then still belongs to the question on top.
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && document.activeElement === document.body) onCancel?.();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [onCancel]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && onCancel !== undefined) {
      event.stopPropagation();
      onCancel();
    }
    if (event.key !== "Tab") return;
    const all = [...(box.current?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])];
    const first = all[0];
    const last = all.at(-1);
    const here = document.activeElement;
    // With nothing to hold the focus, holding it would be a trap.
    if (first === undefined || last === undefined) return;
    if (event.shiftKey && (here === first || here === box.current)) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && here === last) {
      event.preventDefault();
      first.focus();
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a press beside the dialog does nothing, not even take the focus
    <div
      class="backdrop"
      onMouseDown={(event) => {
        if (event.target === event.currentTarget) event.preventDefault();
      }}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the role is one of two dialogs' */}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both of them support it */}
      <div
        ref={box}
        class="card dialog"
        role={role}
        aria-modal="true"
        aria-labelledby={titleId}
        aria-describedby={role === "alertdialog" ? bodyId : undefined}
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        <h2 id={titleId} tabIndex={-1} data-heading>
          {title}
        </h2>
        <div id={bodyId} class="dialog-body">
          {children}
        </div>
      </div>
    </div>
  );
}
