// The client's first screen: see and hear oneself, choose devices, say a name, "I'm Ready".
import { useState } from "preact/hooks";
import { ownRow } from "../store/rows.ts";
import { AskCard } from "./AskCard.tsx";
import { BackgroundChoice } from "./BackgroundChoice.tsx";
import { BackgroundTrouble } from "./BackgroundTrouble.tsx";
import { ConnectionTest } from "./ConnectionTest.tsx";
import { attempt, useRoom } from "./context.ts";
import { DeviceChoices } from "./DeviceChoices.tsx";
import { DeviceNews } from "./DeviceNews.tsx";
import { DeviceTrouble } from "./DeviceTrouble.tsx";
import { Main } from "./Main.tsx";
import { MicrophoneMeter } from "./MicrophoneMeter.tsx";
import { NameField } from "./NameField.tsx";
import { Preview } from "./Preview.tsx";
import { ReactionsAdvice } from "./ReactionsAdvice.tsx";
import { SpeakerTest } from "./SpeakerTest.tsx";
import { Trouble } from "./Trouble.tsx";

export function Preparation() {
  const room = useRoom();
  const { call, state, page, t } = room;
  const { rows, local } = state.value;
  const me = rows === null ? null : ownRow(rows);
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(false);
  const { camera, microphone } = local;
  const opening = camera.opening || microphone.opening;
  const any = camera.track !== null || microphone.track !== null || camera.had || microphone.had;
  const settled = any && !local.settling;
  const needsName = me !== null && me.name === null;
  const provider = rows?.session.providerName ?? null;

  const ready = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const typed = name.trim();
    if (needsName && typed === "") {
      page.trouble.value = t.preparation.nameMissing;
      setRefused(true);
      return;
    }
    setBusy(true);
    setRefused(false);
    const worked = await attempt(room, () => call.ready(needsName ? typed : null));
    setRefused(!worked && needsName);
    setBusy(false);
  };

  return (
    <Main class="preparation">
      <header>
        <h1 tabIndex={-1} data-heading>
          {t.preparation.heading}
        </h1>
        <p class="muted">
          {provider === null ? t.preparation.intro : t.preparation.introWith(provider)}
        </p>
      </header>
      <form class="columns" onSubmit={ready} noValidate>
        <div class="column">
          <Preview />
          {settled && <MicrophoneMeter />}
          <BackgroundTrouble />
          {settled && camera.had && <BackgroundChoice />}
          <DeviceTrouble />
          <DeviceNews />
        </div>
        <div class="column">
          {!any && (
            <AskCard words={t.preparation} opening={opening} onAsk={() => void call.prepare()} />
          )}
          {settled && <DeviceChoices />}
          {settled && <SpeakerTest />}
          <ConnectionTest />
          {settled && <ReactionsAdvice off={local.calm} />}
          {needsName && (
            <NameField
              label={t.preparation.name}
              hint={t.preparation.nameHint}
              value={name}
              refused={refused && page.trouble.value !== null}
              onInput={setName}
            />
          )}
          <Trouble />
          <button
            type="submit"
            class={any ? "button button-primary button-big" : "button button-big"}
            disabled={busy}
          >
            {busy ? t.preparation.readying : t.preparation.ready}
          </button>
          <p class="muted small centred">{t.preparation.nobody}</p>
        </div>
      </form>
    </Main>
  );
}
