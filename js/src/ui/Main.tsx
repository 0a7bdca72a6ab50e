// The main part of a view: a landmark where the view is the page, and none inside somebody else's page.
import type { ComponentChildren } from "preact";
import { useRoom } from "./context.ts";

interface MainProps {
  class: string;
  labelledBy?: string;
  /** Something covers it: no focus, no click, nothing read out. */
  inert?: boolean;
  children: ComponentChildren;
}

export function Main({ class: name, labelledBy, inert = false, children }: MainProps) {
  const { embedded } = useRoom();
  if (embedded) {
    return (
      <div class={name} inert={inert}>
        {children}
      </div>
    );
  }
  return (
    <main class={name} aria-labelledby={labelledBy} inert={inert}>
      {children}
    </main>
  );
}
