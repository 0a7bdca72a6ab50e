import { describe, expect, test } from "vitest";
import type { PersonRow, ReplayData, ReplayFrame, SessionRow } from "../src/protocol/types.ts";
import { Film } from "../src/replay/film.ts";
import { chosen, EVERYTHING, groupOf } from "../src/replay/filters.ts";
import { Moments, REVIEWER } from "../src/replay/moment.ts";
import { advance, clamp, jump, rangeOf } from "../src/replay/playback.ts";
import { Recording, VERSION } from "../src/replay/recording.ts";
import { countUntil, decode, holds, path, total } from "../src/replay/spans.ts";
import { applyChange, fromSnapshot } from "../src/store/rows.ts";

const session: SessionRow = { id: "s_1", kind: "individual", phase: "live" };
const t1: PersonRow = { id: "p_t", role: "provider", phase: "admitted", code: "T1", you: true };
const p07: PersonRow = {
  id: "p_c",
  role: "client",
  phase: "waiting",
  code: "P07",
  connected: true,
};

function snapshot(t_ms: number, seq: number, ...people: PersonRow[]): ReplayFrame {
  return {
    t_ms,
    message: {
      t: "snapshot",
      epoch: "replay",
      seq,
      session,
      people,
      you: { person: "p_t", seat: "none" },
    },
  };
}

function change(t_ms: number, seq: number, ...people: PersonRow[]): ReplayFrame {
  return { t_ms, message: { t: "change", seq, people } };
}

function data(more: Partial<ReplayData> = {}): ReplayData {
  return {
    version: VERSION,
    session: "s_1",
    end_ms: 60_000,
    ended: true,
    names: false,
    clock: [0, 1_000_000],
    frames: [snapshot(0, 1, t1, p07), change(10_000, 2, { ...p07, phase: "admitted" })],
    lanes: [],
    events: [],
    ...more,
  };
}

describe("spans", () => {
  const spans = decode([10, 5, 20, 10]);

  test("gaps and lengths become bounds", () => {
    expect([...spans]).toEqual([10, 15, 35, 45]);
    expect([...decode([1, 2, 3])]).toEqual([1, 3]);
    expect(total(spans)).toBe(15);
  });

  test("a beginning belongs to its span, an end does not", () => {
    expect([9, 10, 14, 15, 34, 35, 45].map((t) => holds(spans, t))).toEqual([
      false,
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
    expect(holds(decode([]), 5)).toBe(false);
  });

  test("counting finds how many have passed", () => {
    expect([0, 1, 2, 9].map((t) => countUntil([1, 1, 2], t))).toEqual([0, 2, 3, 3]);
  });

  test("what lies within a unit is drawn as one box, and nothing is drawn as nothing", () => {
    expect(path(spans, 100, 100, 0, 4)).toBe("M10 0H15V4H10ZM35 0H45V4H35Z");
    expect(path(spans, 100_000, 100, 0, 4)).toBe("M0 0H1V4H0Z");
    expect(path(decode([]), 100, 100, 0, 4)).toBe("");
    const many = decode(Array.from({ length: 100_000 }, () => 1));
    expect(path(many, 100_000, 400, 0, 4).match(/M/g)?.length).toBeLessThanOrEqual(400);
  });
});

describe("film", () => {
  /** Dice that fall the same way each time. */
  function dice(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
      return state / 4_294_967_296;
    };
  }

  test("any way of going about gives the rows of applying every frame in turn", () => {
    const roll = dice(7);
    const phases = ["waiting", "admitted", "paused", "left"] as const;
    const frames: ReplayFrame[] = [snapshot(0, 1, t1, p07)];
    const truth = [fromSnapshot(frames[0]?.message as never)];
    for (let i = 1; i < 500; i++) {
      const row = { ...p07, id: `p_${i % 5}`, phase: phases[Math.floor(roll() * 4)] ?? "left" };
      const step = change(i * 10, i + 1, row);
      const rows = applyChange(truth[i - 1] as never, step.message as never);
      truth.push(rows);
      const people: PersonRow[] = [...rows.people.values()].map((one) => ({
        id: one.id,
        role: one.role,
        phase: one.phase,
        code: one.code,
        you: one.you,
        connected: one.connected,
      }));
      frames.push(i % 40 === 0 ? snapshot(i * 10, i + 1, ...people) : step);
    }
    const film = new Film(frames);
    for (let n = 0; n < 2_000; n++) {
      const t = Math.floor(roll() * 5_200) - 50;
      const index = Math.min(499, Math.max(0, Math.floor(t / 10)));
      expect(film.rowsAt(t)?.people).toEqual(truth[index]?.people);
    }
  });

  test("one frame is one object, so that nothing is drawn twice", () => {
    const film = new Film(data().frames);
    expect(film.rowsAt(10_001)).toBe(film.rowsAt(59_000));
    expect(film.rowsAt(9_999)).not.toBe(film.rowsAt(10_000));
  });

  test("before the first frame it shows the first one, and without frames nothing", () => {
    expect(new Film([snapshot(500, 1, t1)]).rowsAt(0)?.people.size).toBe(1);
    expect(new Film([]).rowsAt(0)).toBeNull();
  });
});

describe("moments", () => {
  const message = (n: number) => `message, ${n} characters`;
  const recording = new Recording(
    data({
      lanes: [
        { person: "p_c", kind: "speaking", value: "yes", spans: [20_000, 5_000] },
        { person: "p_c", kind: "quality", value: "poor", spans: [30_000, 5_000] },
      ],
      events: [
        {
          n: 5,
          t_ms: 12_000,
          event: "ChatSent",
          person: "p_c",
          details: { to: "everyone", characters: 42 },
        },
      ],
    }),
  );
  const moments = new Moments(recording, message);

  test("who looks on is nobody of the session", () => {
    const { rows } = moments.at(0);
    expect(rows?.me).toBe(REVIEWER);
    const you = [...(rows?.people.values() ?? [])].filter((person) => person.you);
    expect(you.map(({ id }) => id)).toEqual([REVIEWER]);
    expect(rows?.people.get("p_t")?.inCall).toBe(true);
    expect(rows?.people.get(REVIEWER)?.phase).toBe("left");
  });

  test("voices, poor connections and messages are there in their time", () => {
    expect([...moments.at(19_999).speaking]).toEqual([]);
    expect([...moments.at(20_000).speaking]).toEqual(["p_c"]);
    expect(moments.at(31_000).remotes.get("p_c")?.state).toBe("trouble");
    expect(moments.at(36_000).remotes.get("p_c")?.state).toBe("connected");
    expect(moments.at(11_999).chat).toEqual([]);
    expect(moments.at(12_000).chat.map(({ text, atMs }) => [text, atMs])).toEqual([
      ["message, 42 characters", 1_012_000],
    ]);
  });

  test("equal moments are one object", () => {
    expect(moments.at(21_000)).toBe(moments.at(24_000));
  });

  test("a kept text stands for the length of its message", () => {
    const kept = new Recording(
      data({
        names: true,
        events: [
          { n: 5, t_ms: 1, event: "ChatSent", person: "p_c", details: { characters: 2 } },
          { n: 6, t_ms: 1, event: "ChatKept", person: "p_c", details: { text: "Hi" } },
        ],
      }),
    );
    expect(new Moments(kept, message).at(5).chat.map(({ text }) => text)).toEqual(["Hi"]);
  });
});

describe("recording", () => {
  test("the wall clock is followed where it was set", () => {
    const moved = new Recording(data({ clock: [0, 1_000, 500, 90_000] }));
    expect([0, 499, 500, 600].map((t) => moved.wallAt(t))).toEqual([1_000, 1_499, 90_000, 90_100]);
  });

  test("marks that label the session are no markers to jump to", () => {
    const mark = (n: number, label: string) => ({
      n,
      t_ms: n,
      event: "MarkPlaced",
      details: { label },
    });
    const made = new Recording(
      data({ events: [mark(1, "Phase: talk"), mark(2, "rupture"), mark(3, "site: North")] }),
    );
    expect(made.marks.map(({ n }) => n)).toEqual([2]);
  });
});

describe("playback", () => {
  const pace = { speed: 2, endMs: 1_000, loop: null };

  test("time goes on at its speed, and stops at the end", () => {
    expect(advance(100, 50, pace)).toEqual({ time: 200, playing: true });
    expect(advance(990, 50, pace)).toEqual({ time: 1_000, playing: false });
  });

  test("a range is played over and over", () => {
    const loop = { from: 100, to: 200 };
    expect(advance(190, 10, { ...pace, loop })).toEqual({ time: 110, playing: true });
    expect(advance(50, 10, { ...pace, loop })).toEqual({ time: 70, playing: true });
    expect(advance(900, 10, { ...pace, loop }).time).toBeLessThan(200);
    expect(advance(190, 100_000, { ...pace, loop }).time).toBeLessThan(200);
  });

  test("a range has its ends in order and within the session", () => {
    expect(rangeOf(900, 100, 500)).toEqual({ from: 100, to: 500 });
    expect(rangeOf(5, 5, 500)).toBeNull();
    expect(clamp(Number.NaN, 5)).toBe(0);
  });

  test("jumps find what is next and what was before", () => {
    expect(jump([10, 20, 20, 30], 20, 1)).toBe(30);
    expect(jump([10, 20, 20, 30], 20, -1)).toBe(10);
    expect(jump([10], 10, 1)).toBeNull();
    expect(jump([], 10, -1)).toBeNull();
  });
});

describe("filters", () => {
  const events = [
    { n: 1, t_ms: 0, event: "PersonReady", person: "p_c" },
    { n: 2, t_ms: 1, event: "PersonAdmitted", person: "p_c", actor: "p_t" },
    { n: 3, t_ms: 2, event: "MediaMuted", person: "p_t" },
    { n: 4, t_ms: 3, event: "SessionEnded", actor: "p_t" },
  ];
  const say = ({ event }: { event: string }) => event;
  const found = (filter: Partial<typeof EVERYTHING>) =>
    chosen(events, { ...EVERYTHING, ...filter }, say).map(({ n }) => n);

  test("by kind, by person, by words", () => {
    expect(found({})).toEqual([1, 2, 3, 4]);
    expect(found({ groups: new Set(["media", "session"]) })).toEqual([3, 4]);
    expect(found({ person: "p_t" })).toEqual([2, 3, 4]);
    expect(found({ query: "  ADMITTED person " })).toEqual([2]);
    expect(found({ query: "nothing" })).toEqual([]);
  });

  test("every kind of event is in a group", () => {
    const names = ["RecordExported", "MarkPlaced", "ChatSent", "MediaAsked", "InviteRevoked"];
    expect(names.map((event) => groupOf({ n: 1, t_ms: 0, event }))).toEqual([
      "session",
      "marks",
      "chat",
      "media",
      "people",
    ]);
  });
});
