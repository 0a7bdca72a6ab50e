// Which keys control the replay, and the switch that leaves them to the browser.
import { useReplay } from "./context.tsx";

export function Shortcuts() {
  const { store, w } = useReplay();
  return (
    <details class="shortcuts">
      <summary>{w.shortcuts}</summary>
      <dl>
        {w.keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={store.keys.value}
          onChange={(event) => {
            store.keys.value = event.currentTarget.checked;
          }}
        />
        {w.shortcutsOn}
      </label>
    </details>
  );
}
