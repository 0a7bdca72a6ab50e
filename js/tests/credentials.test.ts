import { expect, test } from "vitest";
import { Credentials, type CredentialsOptions } from "../src/link/credentials.ts";

class Store {
  readonly kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
  removeItem = (key: string) => void this.kept.delete(key);
}

function credentials(more: Partial<CredentialsOptions> = {}, store = new Store()) {
  return new Credentials({ page: "page1", store, key: "k", host: false, ...more });
}

test("a link is shown at the first visit and never put into storage", () => {
  const store = new Store();
  const shown = credentials({ invite: "LINK" }, store);
  expect(shown.hello()).toEqual({ t: "hello", page: "page1", agent: "browser", invite: "LINK" });
  shown.welcomed("R1");
  expect([...store.kept.values()]).toEqual(["R1"]);
});

test("a reload without the link resumes and asks for its seat", () => {
  const store = new Store();
  store.setItem("k", "R1");
  expect(credentials({ seat: true }, store).hello()).toMatchObject({ resume: "R1", seat: true });
});

test("a link wins over an earlier visit in the same tab", () => {
  const store = new Store();
  store.setItem("k", "R1");
  const hello = credentials({ invite: "LINK" }, store).hello();
  expect(hello.invite).toBe("LINK");
  expect(hello.resume).toBeUndefined();
});

test("each welcome replaces the token, since each is good for one use", () => {
  const store = new Store();
  const shown = credentials({ invite: "LINK" }, store);
  shown.welcomed("R1");
  shown.welcomed("R2");
  expect(shown.hello().resume).toBe("R2");
  expect(store.getItem("k")).toBe("R2");
});

test("a resume token that the server forgot gives way to the link in memory", () => {
  const shown = credentials({ invite: "LINK" });
  shown.welcomed("R1");
  shown.applied("e", 7);
  expect(shown.closed("RESUME_UNKNOWN", 4003)).toBe("retry-now");
  expect(shown.hello()).toMatchObject({ invite: "LINK" });
  expect(shown.hello().seq).toBeUndefined();
});

test("without a link a forgotten resume token ends in asking for the link", () => {
  const store = new Store();
  store.setItem("k", "R1");
  const shown = credentials({}, store);
  expect(shown.closed("RESUME_UNKNOWN", 4003)).toBe("stop");
  expect(shown.any).toBe(false);
  expect(store.kept.size).toBe(0);
});

test("a duplicated guest tab stops and asks; taking over says so once", () => {
  const store = new Store();
  store.setItem("k", "R1");
  const shown = credentials({}, store);
  expect(shown.closed("RESUME_REUSED", 4003)).toBe("stop");
  shown.take();
  expect(shown.hello()).toMatchObject({ resume: "R1", take: true, seat: true });
  shown.welcomed("R2");
  expect(shown.hello().take).toBeUndefined();
});

test("a duplicated notebook tab becomes a window of its own, without the seat", () => {
  const shown = credentials({ host: true, seat: true });
  shown.welcomed("R1");
  expect(shown.closed("RESUME_REUSED", 4003)).toBe("retry-now");
  expect(shown.hello()).toEqual({ t: "hello", page: "page1", agent: "browser" });
});

test.each(["LINK_UNKNOWN", "LINK_EXPIRED", "LINK_REVOKED", "SESSION_ENDED", "REMOVED"] as const)(
  "%s is final",
  (code) => expect(credentials({ invite: "LINK" }).closed(code, 4003)).toBe("stop"),
);

test("a seat taken by another tab is final even when its message was lost", () => {
  expect(credentials({ invite: "LINK" }).closed(null, 4001)).toBe("stop");
});

test.each([
  ["TOO_SLOW", 1013],
  ["LATE", 4008],
  ["SERVER_STOPPING", 1013],
  ["MALFORMED", 4400],
  [null, 1006],
] as const)("%s with code %d is worth another attempt", (code, closeCode) => {
  expect(credentials({ invite: "LINK" }).closed(code, closeCode)).toBe("retry-later");
});

test("a browser that forbids storage still connects and reconnects", () => {
  const refuse = () => {
    throw new Error("forbidden");
  };
  const store = { getItem: refuse, setItem: refuse, removeItem: refuse };
  const shown = new Credentials({ page: "p", store, key: "k", host: false, invite: "LINK" });
  shown.welcomed("R1");
  expect(shown.hello().resume).toBe("R1");
});
