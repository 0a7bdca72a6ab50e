// Keeps one's own publications at the server true to what camera and microphone do, and notices when a
// provider switched one off. Pure bookkeeping: it returns commands, `call.ts` sends them.
import type { Publish, SetMuted } from "../protocol/types.ts";
import { type Person, publication } from "../store/rows.ts";
import type { Device } from "./devices.ts";

export const DEVICES: readonly Device[] = ["camera", "microphone"];

/** What the local devices do: `had` without `on` is muted. */
export type Actual = { readonly [device in Device]: { had: boolean; on: boolean } };

export class Publishing {
  /** What was last sent, and whether its answer is still out. */
  readonly #told = new Map<Device, { on: boolean; waiting: boolean }>();

  /** A new connection or a new stint: nothing that was sent counts any more. */
  reset(): void {
    this.#told.clear();
  }

  /** Devices that someone else switched off between two rows of oneself. */
  forcedOff(before: Person | null, after: Person, actual: Actual): Device[] {
    const forced = DEVICES.filter((device) => {
      const was = before === null ? null : publication(before, device);
      const is = publication(after, device);
      // What this side told last was "off": then the row only says so too.
      const own = this.#told.get(device)?.on === false;
      // Without a row before, the provider was faster than this page's first offer.
      const wasOn = was === null || was.muted === false;
      return wasOn && is?.muted === true && actual[device].on && !own;
    });
    for (const device of forced) this.#told.set(device, { on: false, waiting: false });
    return forced;
  }

  /** What the server still has to be told. Each returned command must be followed by `settled`. */
  due(me: Person, actual: Actual): (Publish | SetMuted)[] {
    const commands: (Publish | SetMuted)[] = [];
    for (const device of DEVICES) {
      const { had, on } = actual[device];
      const row = publication(me, device);
      const told = this.#told.get(device);
      if (told?.waiting || told?.on === on) continue;
      if (row === null ? !had : row.muted === !on) continue;
      this.#told.set(device, { on, waiting: true });
      // Muting never waits for the journal, so it is a command of its own; anything else offers the source.
      commands.push(
        row !== null && !on
          ? { do: "SetMuted", source: device, muted: true }
          : { do: "Publish", source: device, muted: !on },
      );
    }
    return commands;
  }

  /** The answer to a command of `due` came, or never will. */
  settled(device: Device): void {
    const told = this.#told.get(device);
    if (told !== undefined) this.#told.set(device, { ...told, waiting: false });
  }
}
