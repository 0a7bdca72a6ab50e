// What the guest page says before the rest of it is there, in Spanish. `../es.ts` says the same with these words.
import type { DoorWords } from "./en.ts";

export const door: DoorWords = {
  language: "es",
  pageTitle: "Sesión",
  heading: "Sala de espera",
  intro: "Tómese un momento para revisar cómo se ve y cómo se oye.",
  preview: "Vista previa · solo usted la ve",
  previewOff: "Su cámara está apagada",
  previewLabel: "Vista previa de su cámara",
  allow: "Permitir cámara y micrófono",
  allowing: "Su navegador le pregunta: elija «Permitir».",
  why: "Para que su profesional pueda verle y oírle cuando le admita. Antes no se envía nada.",
  without: "También puede participar sin cámara, o sin cámara ni micrófono.",
  only: {
    coming: "Un momento: el siguiente paso está en camino.",
    failed: "Una parte de esta página no llegó",
    failedBody: "Revise su conexión a internet y cargue la página de nuevo.",
    reload: "Cargar de nuevo",
  },
};
