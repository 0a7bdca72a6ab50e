// What the guest page says before the rest of it is there, in English. `../en.ts` says the same with these words.
export const door = {
  language: "en",
  pageTitle: "Session",
  heading: "Waiting room",
  intro: "Take a moment to check how you look and sound.",
  preview: "Preview · only you see this",
  previewOff: "Your camera is off",
  previewLabel: "Preview of your camera",
  allow: "Allow camera and microphone",
  allowing: "Your browser is asking: choose “Allow”.",
  why: "So that your provider can see and hear you once you are admitted. Nothing is sent before.",
  without: "You can also take part without a camera, or with neither.",
  /** What the room has no word for. */
  only: {
    coming: "One moment: the next step is on its way.",
    failed: "A part of this page did not arrive",
    failedBody: "Check your internet connection, then load the page again.",
    reload: "Load again",
  },
};

export type DoorWords = typeof door;
