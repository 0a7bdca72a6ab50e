// What is needed once somebody is let in, and not before: a guest page loads it while its person waits.
import { AskedDialog } from "./AskedDialog.tsx";
import { DeviceDialog } from "./DeviceDialog.tsx";
import { EndDialog } from "./EndDialog.tsx";
import type { Overlay } from "./overlay.ts";
import { RemoveDialog } from "./RemoveDialog.tsx";
import { ShareDialog, WholeScreenDialog } from "./ShareDialog.tsx";

export { Lobby } from "./Lobby.tsx";
export { Stage } from "./Stage.tsx";

/** The question or dialog that lies over the room. */
export function Question({ overlay }: { overlay: Overlay }) {
  switch (overlay) {
    case "devices":
      return <DeviceDialog />;
    case "end":
      return <EndDialog />;
    case "remove":
      return <RemoveDialog />;
    case "share":
      return <ShareDialog />;
    case "whole":
      return <WholeScreenDialog />;
    case "askedMicrophone":
      return <AskedDialog key="microphone" device="microphone" />;
    case "askedCamera":
      return <AskedDialog key="camera" device="camera" />;
  }
}
