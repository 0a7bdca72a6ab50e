// The words of the session room's controls, in Spanish.
import { formats } from "../intl.ts";
import type { room as english } from "./en.ts";

const { count, minutes, duration } = formats("es", "menos de un minuto");

export const room: typeof english = {
  share: "Compartir pantalla",
  shareShort: "Compartir",
  stopSharing: "Dejar de compartir",
  sharing: "Está compartiendo su pantalla.",
  screenOf: (name) => `Pantalla de ${name}`,
  ownScreen: "Su pantalla",
  shareStopped: "Su pantalla ya no se comparte: un profesional terminó o comparte la suya.",
  shareOver: (name) => `${name} está compartiendo ahora. Su pantalla ocupará ese lugar.`,
  shareTaken: (name) =>
    `${name} está compartiendo su pantalla. Solo una a la vez: pídale que termine y comparta la suya después.`,
  screenBlocked:
    "La configuración de su dispositivo no deja que el navegador vea su pantalla. Permita allí la grabación de pantalla e inténtelo de nuevo.",
  screenFailed: "No se pudo capturar la pantalla. Inténtelo de nuevo o elija otra ventana.",

  shareTitle: "¿Compartir su pantalla?",
  shareWarn: "Todos en la sesión ven lo que usted comparte.",
  shareNames:
    "No muestre nada que identifique a alguien: ni nombres, ni correos, ni expedientes, ni notas.",
  shareClose: "Cierre las demás ventanas y aplicaciones, y apague los avisos.",
  shareChoose: "Una sola pestaña o ventana es más segura que la pantalla completa.",
  shareYes: "Compartir",
  wholeTitle: "¿Compartir toda la pantalla?",
  wholeBody:
    "Eligió toda la pantalla. Todos ven cuanto hay en ella, también los mensajes que aparezcan. Todavía no la ve nadie.",
  wholeYes: "Compartir toda la pantalla",
  wholeOther: "Elegir otra cosa",
  chosenTitle: "¿Compartir lo que eligió?",
  chosenBody:
    "Si fue toda la pantalla, todos ven cuanto hay en ella, también los mensajes que aparezcan. Todavía no la ve nadie.",

  more: (name) => `Más opciones para ${name}`,
  enlarge: "Ampliar",
  shrink: "Reducir",
  askUnmute: "Pedir que active la voz",
  askVideo: "Pedir que ponga el video",
  askedUnmute: "Se pidió activar la voz",
  askedVideo: "Se pidió poner el video",
  hideSelf: "Ocultar mi imagen",
  showSelf: "Mostrar mi imagen",
  selfHidden: "Usted no se ve · la cámara sigue encendida",
  selfHiddenOff: "Usted no se ve · cámara apagada",
  devices: "Configurar audio y video",
  fullScreen: "Pantalla completa",
  exitFullScreen: "Salir de pantalla completa",
  pause: "Pausar",
  remove: "Quitar",
  removeTitle: (name) => `¿Quitar a ${name} de la sesión?`,
  removeBody: "Sale de inmediato. Solo un profesional puede dejarle entrar otra vez.",

  askedTitle: {
    microphone: "Su profesional le pide que active su voz",
    camera: "Su profesional le pide que ponga su video",
  },
  askedBody: {
    microphone: "Entonces le oyen todos en la sesión. Usted decide.",
    camera: "Entonces le ven todos en la sesión. Usted decide.",
  },
  notNow: "Ahora no",
  mutedTalk: "Su micrófono está en silencio. Nadie le oye.",

  speakerView: "Ver a quien habla",
  pictureInPicture: "Imagen flotante",
  paused: "en pausa",
  pausedFor: (text) => `en pausa · ${text}`,
  pausedSince: (ms) => `En pausa desde hace ${duration(ms)}.`,
  peoplePaused: (n) => `${count(n, "persona", "personas")} en pausa`,
  sharesScreen: "comparte su pantalla",
  asked: "se le pidió",
  pauseAll: "Pausar a todos",
  resumeAll: "Reanudar con todos",
  sendBack: "Devolver",
  sendBackName: (name) => `Devolver a ${name}`,
  left: (text) => `quedan ${text}`,
  endsIn: (n) => `Esta sesión termina en ${minutes(n)}.`,

  connection: "Calidad de la conexión",
  grade: {
    good: "buena conexión",
    fair: "conexión regular",
    poor: "mala conexión",
    unknown: "todavía sin medir",
  },
  rtt: (ms) => `retardo de ${Math.round(ms)} ms`,
  loss: (percent) => `${percent} % perdido`,
  relayed: "por un servidor intermedio",

  sending: "Enviando…",
  delivered: "Entregado",
  notSent: "No se envió.",
  chatKept: "Lo que se escribe aquí queda en el registro de la sesión.",
  everyoneReads: "Lo leen todos en la sesión.",
  discard: "Descartar",

  captions: "Subtítulos",
  captionFor: "De quién",
  caption: "Subtítulo",
  sendCaption: "Enviar subtítulo",

  noise: "Reducción de ruido",
  echo: "Cancelación de eco",
  gain: "Volumen automático",
  lowBandwidth: "Poco ancho de banda: imágenes más pequeñas para una línea lenta",
  announcements: "Avisos para lectores de pantalla",
  verbosity: {
    all: "Todos",
    important: "Solo lo que me toca",
    none: "Ninguno",
  },
  showCaptions: "Mostrar subtítulos",

  endedBy: {
    person: "Su profesional terminó la sesión para todos.",
    empty: "Terminó sola, porque todos habían salido.",
    duration: "Se acabó el tiempo.",
  },

  say: {
    shares: (name) => `${name} comparte su pantalla.`,
    sharesNoMore: (name) => `${name} ya no comparte su pantalla.`,
    paused: (name) => `${name} está en pausa.`,
    caption: (name, text) => `${name} dice: ${text}`,
  },
};
