// Pure rules for offer collisions ("perfect negotiation"). No RTC object enters here: `peer.ts` carries the
// steps out one after the other and reports back, so nothing is ever half done when `decide` is asked.
// https://w3c.github.io/webrtc-pc/#perfect-negotiation-example
import type { Agent } from "../protocol/types.ts";

export interface Negotiation {
  /** Yields when offers collide. A Python peer never rolls back (aiortc#975), so against one this side must be polite. */
  readonly polite: boolean;
  /** Whether an offer of this side is unanswered. */
  readonly offered: boolean;
  /** The last offer of the other side was ignored, so its candidates may fail to apply. */
  readonly ignoring: boolean;
  /** Another offer is due once the present one is settled. */
  readonly owed: boolean;
}

export type Input =
  /** This side wants to (re)negotiate. */
  | { readonly on: "needed" }
  /** The other side's description arrived. */
  | { readonly on: "described"; readonly type: string }
  /** A step failed, or the connection was found in another state than thought. */
  | { readonly on: "failed"; readonly offered: boolean };

/** In order, each finished before the next. */
export type Step = "offer" | "apply" | "answer" | "ignore";

export function begin(polite: boolean, agent: Agent): Negotiation {
  return { polite: polite || agent === "python", offered: false, ignoring: false, owed: false };
}

export function decide(n: Negotiation, input: Input): [Negotiation, readonly Step[]] {
  switch (input.on) {
    case "needed":
      if (n.offered) return [{ ...n, owed: true }, []];
      return [{ ...n, offered: true, owed: false }, ["offer"]];

    case "described":
      if (input.type === "offer") {
        if (n.offered && !n.polite) return [{ ...n, ignoring: true }, ["ignore"]];
        // Applying an offer over one's own rolls that back by itself; the browser then asks again if needed.
        return [{ ...n, offered: false, ignoring: false }, ["apply", "answer"]];
      }
      // An answer to an offer that was rolled back, or a second answer to a repeated offer.
      if (!n.offered) return [n, ["ignore"]];
      if (n.owed) return [{ ...n, ignoring: false, owed: false }, ["apply", "offer"]];
      return [{ ...n, offered: false, ignoring: false }, ["apply"]];

    case "failed":
      return [{ ...n, offered: input.offered }, []];
  }
}
