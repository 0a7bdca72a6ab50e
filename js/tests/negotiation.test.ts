import { expect, test } from "vitest";
import { begin, decide, type Input, type Negotiation } from "../src/call/negotiation.ts";

/** One side with a browser's signaling state that asserts what a browser would refuse. */
class Side {
  n: Negotiation;
  signaling: "stable" | "have-local-offer" | "have-remote-offer" = "stable";
  applied: string[] = [];
  /** What the browser still wants to negotiate; asked again when a rollback undid the offer. */
  wants = false;
  outbox: { type: string; label: string }[] = [];

  constructor(
    readonly name: string,
    polite: boolean,
  ) {
    this.n = begin(polite, "browser");
  }

  need(): void {
    this.wants = true;
    this.#take({ on: "needed" });
  }

  receive(description: { type: string; label: string }): void {
    this.#take({ on: "described", type: description.type }, description.label);
    if (this.signaling === "stable" && this.wants) this.#take({ on: "needed" });
  }

  #take(input: Input, label = ""): void {
    const [next, steps] = decide(this.n, input);
    this.n = next;
    for (const step of steps) {
      if (step === "offer") {
        expect(this.signaling).toBe("stable");
        this.signaling = "have-local-offer";
        this.outbox.push({ type: "offer", label: `${this.name}:${this.applied.length}` });
      } else if (step === "apply" && input.on === "described") {
        if (input.type === "offer") {
          this.signaling = "have-remote-offer"; // rolls an own offer back by itself
        } else {
          expect(this.signaling).toBe("have-local-offer");
          this.signaling = "stable";
          this.wants = false;
        }
        this.applied.push(label);
      } else if (step === "answer") {
        expect(this.signaling).toBe("have-remote-offer");
        this.signaling = "stable";
        this.outbox.push({ type: "answer", label: `${this.name}:answer` });
      }
    }
  }
}

/** Delivers messages in an order that `pick` chooses, each direction in sequence, until both are quiet. */
function settle(a: Side, b: Side, pick: () => boolean): void {
  for (let i = 0; i < 1_000 && a.outbox.length + b.outbox.length > 0; i++) {
    const fromA = b.outbox.length === 0 || (a.outbox.length > 0 && pick());
    const message = (fromA ? a : b).outbox.shift();
    if (message !== undefined) (fromA ? b : a).receive(message);
  }
  expect(a.outbox.length + b.outbox.length).toBe(0);
}

test("one offer and one answer settle a pair", () => {
  const [a, b] = [new Side("a", true), new Side("b", false)];
  a.need();
  settle(a, b, () => true);
  expect([a.signaling, b.signaling]).toEqual(["stable", "stable"]);
  expect(a.n.offered).toBe(false);
});

test("when offers collide the polite side yields and the impolite side ignores", () => {
  const [polite, impolite] = [new Side("p", true), new Side("i", false)];
  polite.need();
  impolite.need();
  const offer = polite.outbox[0];
  if (offer !== undefined) impolite.receive(offer);
  expect(impolite.n.ignoring).toBe(true);
  expect(impolite.signaling).toBe("have-local-offer");
  polite.outbox.shift();
  settle(polite, impolite, () => false);
  expect([polite.signaling, impolite.signaling]).toEqual(["stable", "stable"]);
});

test("after yielding the polite side's own wish is negotiated too", () => {
  const [polite, impolite] = [new Side("p", true), new Side("i", false)];
  polite.need();
  impolite.need();
  settle(polite, impolite, () => false);
  expect(polite.wants).toBe(false);
  expect(impolite.wants).toBe(false);
});

test("any number of wishes in any order of delivery ends settled on both sides", () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  for (let round = 0; round < 500; round++) {
    const [a, b] = [new Side("a", round % 2 === 0), new Side("b", round % 2 !== 0)];
    for (let act = 0; act < 6; act++) {
      const who = random() < 0.5 ? a : b;
      if (random() < 0.6) who.need();
      else {
        const message = who.outbox.shift();
        if (message !== undefined) (who === a ? b : a).receive(message);
      }
    }
    settle(a, b, () => random() < 0.5);
    expect([a.signaling, b.signaling, a.wants, b.wants]).toEqual([
      "stable",
      "stable",
      false,
      false,
    ]);
  }
});

test("a wish that comes while an offer is out is offered right after the answer", () => {
  let [n, steps] = decide(begin(false, "browser"), { on: "needed" });
  [n, steps] = decide(n, { on: "needed" });
  expect(steps).toEqual([]);
  [n, steps] = decide(n, { on: "described", type: "answer" });
  expect(steps).toEqual(["apply", "offer"]);
  [n, steps] = decide(n, { on: "described", type: "answer" });
  expect(steps).toEqual(["apply"]);
  expect(n.offered).toBe(false);
});

test("an answer that nobody waits for is ignored", () => {
  const [n, steps] = decide(begin(true, "browser"), { on: "described", type: "answer" });
  expect(steps).toEqual(["ignore"]);
  expect(n.offered).toBe(false);
});

test("against a Python peer this side always yields, since that one cannot roll back", () => {
  let [n] = decide(begin(false, "python"), { on: "needed" });
  const [next, steps] = decide(n, { on: "described", type: "offer" });
  n = next;
  expect(steps).toEqual(["apply", "answer"]);
  expect(n.offered).toBe(false);
});

test("after a failed step the machine thinks what the browser says", () => {
  const [n] = decide(begin(true, "browser"), { on: "needed" });
  const [healed] = decide(n, { on: "failed", offered: false });
  expect(decide(healed, { on: "needed" })[1]).toEqual(["offer"]);
});
