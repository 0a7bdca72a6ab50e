// Shows one screen of the room without a server: `?screen=NAME`, and `&lab=light|dark` for JupyterLab's colours.
import { render } from "preact";
import "../src/styles/page.css";
import "../src/styles/index.ts";
import { type CallState, ROOM_API, type RoomCall } from "../src/call/room.ts";
import { en } from "../src/strings/en.ts";
import { pick } from "../src/strings/index.ts";
import { openRoom } from "../src/ui/context.ts";
import * as inside from "../src/ui/inside.tsx";
import { Problem } from "../src/ui/Problem.tsx";
import { Room } from "../src/ui/Room.tsx";
import "./lab.css";
import { SCENES } from "./screens.ts";

function pretend(state: CallState): RoomCall {
  const done = () => Promise.resolve();
  return {
    api: ROOM_API,
    read: () => state,
    subscribe: () => () => undefined,
    prepare: done,
    previewed: () => undefined,
    ready: done,
    setOn: done,
    choose: done,
    resume: done,
    join: done,
    moveHere: done,
    leave: done,
    again: () => undefined,
    useHere: () => undefined,
    poke: () => undefined,
    turnOnSound: () => undefined,
    adjust: () => undefined,
    process: done,
    sharing: { start: done, confirm: done, stop: done, dismiss: () => undefined },
    answer: done,
    talk: { say: done, unsay: () => undefined },
    quality: () => Promise.resolve(new Map()),
    testSpeaker: () => Promise.resolve(true),
    testLine: () => ({
      send: () => true,
      listen: () => undefined,
      tracks: () => ({ audio: null, video: null }),
    }),
    chime: () => undefined,
    backgrounds: "./",
    setBackground: () => undefined,
    setOwnPicture: () => Promise.resolve(null),
    level: () => 0.46,
    command: done,
    link: () => Promise.resolve("http://127.0.0.1:8899/join#example"),
    invite: () => Promise.resolve("http://127.0.0.1:8899/join#example"),
  };
}

const query = new URLSearchParams(location.search);
const name = query.get("screen") ?? "";
const lab = query.get("lab");
const root = document.getElementById("room");
const scene = SCENES[name]?.();
if (root !== null && name === "39-problem") {
  document.body.dataset.jpThemeLight = String(lab !== "dark");
  root.className = "output-cell";
  root.setAttribute("role", "main");
  render(<Problem t={en} sentence="No Jupyter server with telehealth_widget was found." />, root);
} else if (root !== null && scene !== undefined) {
  if (scene.embedded) {
    root.setAttribute("role", "main");
    document.body.dataset.jpThemeLight = String(lab !== "dark");
    root.className = "output-cell";
  }
  const [room] = openRoom(
    pretend(scene.state),
    () => pick([scene.language ?? "en"]),
    scene.embedded ?? false,
  );
  room.page.panel.value = scene.panel ?? null;
  room.page.devices.value = scene.devices ?? false;
  room.page.ending.value = scene.ending ?? false;
  room.page.declining.value = scene.declining ?? null;
  room.page.shownLink.value = scene.shownLink ?? null;
  const { stage } = room.page;
  stage.sharing.value = scene.sharing ?? false;
  stage.removing.value = scene.removing ?? null;
  stage.captioning.value = scene.captioning ?? false;
  stage.solo.value = scene.solo ?? null;
  stage.choice.value = { ...stage.choice.value, selfHidden: scene.selfHidden ?? false };
  render(<Room room={room} inside={inside} />, root);
  // Once its button is there to be measured.
  stage.menu.value = scene.menu ?? null;
} else if (root !== null) {
  const list = [...Object.keys(SCENES), "39-problem"];
  render(
    <ul>
      {list.map((key) => (
        <li key={key}>
          <a href={`?screen=${key}`}>{key}</a>
        </li>
      ))}
    </ul>,
    root,
  );
}
document.documentElement.dataset.screens = [...Object.keys(SCENES), "39-problem"].join(" ");
