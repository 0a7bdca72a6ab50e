import { expect, test, vi } from "vitest";
import { person } from "../gallery/rows.ts";
import { Answers } from "../src/call/answers.ts";

const asked = (...sources: ("microphone" | "camera")[]) =>
  person("me", { you: true, asked: sources });
const quiet = () => new Promise((resolve) => setTimeout(resolve));

test("a no counts at once, and the server hears of it when it can be reached", async () => {
  const told = vi.fn(() => Promise.resolve());
  let declined: ReadonlySet<string> = new Set();
  const answers = new Answers({ do: told, onChange: (now) => (declined = now) });
  answers.decline("microphone");
  expect([...declined]).toEqual(["microphone"]);
  answers.follow(asked("microphone"), false);
  expect(told).not.toHaveBeenCalled();
  answers.follow(asked("microphone"), true);
  answers.follow(asked("microphone"), true);
  expect(told).toHaveBeenCalledExactlyOnceWith({ do: "DeclineAsk", source: "microphone" });
  await quiet();
  answers.follow(asked(), true);
  expect(declined.size).toBe(0);
});

test("a no that got lost is said again, and the next question is a new one", async () => {
  const told = vi.fn(() => Promise.reject(new Error("not connected")));
  const answers = new Answers({ do: told, onChange: () => undefined });
  answers.decline("camera");
  answers.follow(asked("camera"), true);
  await quiet();
  answers.follow(asked("camera"), true);
  expect(told).toHaveBeenCalledTimes(2);
  await quiet();
  answers.follow(asked(), true);
  answers.follow(asked("camera"), true);
  expect(told).toHaveBeenCalledTimes(2);
});
