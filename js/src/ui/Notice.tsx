// A page that says one thing and offers at most one way on.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Main } from "./Main.tsx";

interface NoticeProps {
  title: string;
  children?: ComponentChildren;
  action?: { label: string; act: () => void };
}

export function Notice({ title, children, action }: NoticeProps) {
  const id = useId();
  return (
    <Main class="notice" labelledBy={id}>
      <div class="card notice-card">
        <h1 id={id} tabIndex={-1} data-heading>
          {title}
        </h1>
        {children}
        {action !== undefined && (
          <button type="button" class="button button-primary button-wide" onClick={action.act}>
            {action.label}
          </button>
        )}
      </div>
    </Main>
  );
}
