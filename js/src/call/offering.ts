// Tells the server what camera and microphone do, and undoes what it refuses. The bookkeeping is `publishing.ts`'s.
import { type Command, Refusal } from "../link/link.ts";
import type { Person } from "../store/rows.ts";
import type { Device } from "./devices.ts";
import type { Local } from "./local.ts";
import { Publishing } from "./publishing.ts";

export interface OfferingOptions {
  do(command: Command): Promise<unknown>;
  local: Pick<Local, "state" | "setOn">;
  onChange(): void;
}

export class Offering {
  readonly #options: OfferingOptions;
  readonly #publishing = new Publishing();

  constructor(options: OfferingOptions) {
    this.#options = options;
  }

  /** A new connection or a new stint: nothing that was sent counts any more. */
  reset(): void {
    this.#publishing.reset();
  }

  /** Devices that someone else switched off between two rows of oneself. */
  forcedOff(before: Person | null, me: Person): Device[] {
    return this.#publishing.forcedOff(before, me, this.#options.local.state);
  }

  /** Sends what is due. `connected` is asked when an answer comes: a lost connection is no refusal. */
  tell(me: Person, connected: () => boolean): void {
    const { local } = this.#options;
    for (const command of this.#publishing.due(me, local.state)) {
      const device = command.source as Device;
      this.#options
        .do(command)
        .catch((refusal: unknown) => {
          // Paused on the way: then it is offered anew with the return, as it was.
          if (refusal instanceof Refusal && refusal.code === "WRONG_PHASE") return;
          // Not offered, so it must not be on.
          if (command.do === "Publish" && !command.muted && connected()) {
            void local.setOn(device, false);
          }
        })
        .finally(() => {
          this.#publishing.settled(device);
          this.#options.onChange();
        });
    }
  }
}
