// Whether the microphone hears something, as a bar and in words.
import { useEffect, useRef, useState } from "preact/hooks";
import { VoiceGate } from "../call/level.ts";
import { useRoom } from "./context.ts";

const EVERY_MS = 100;

export function MicrophoneMeter() {
  const { call, state, t } = useRoom();
  const bar = useRef<HTMLDivElement>(null);
  const [heard, setHeard] = useState(false);
  const { on, track } = state.value.local.microphone;
  const live = on && track !== null;
  useEffect(() => {
    if (!live) return;
    const gate = new VoiceGate();
    const timer = setInterval(() => {
      const level = call.level();
      if (bar.current !== null) bar.current.style.transform = `scaleX(${level.toFixed(3)})`;
      if (gate.update(level, performance.now())) setHeard(true);
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      setHeard(false);
    };
  }, [call, live]);
  const words = live
    ? heard
      ? t.preparation.hearing
      : t.preparation.silent
    : t.preparation.noMicrophone;
  return (
    <div class="meter">
      <span class="muted">{t.preparation.microphone}</span>
      <div class="meter-track" aria-hidden="true">
        <div class="meter-bar" ref={bar} />
      </div>
      <output class={live && heard ? "meter-words ok" : "meter-words muted"}>{words}</output>
    </div>
  );
}
