// Every word of a replay, in Spanish: usted, as in the room's own catalogue.
import type { Details, Sentence, Words } from "./en.ts";
import { units } from "./units.ts";

const { spoken, share, number, count } = units("es");

const sources: Record<string, string> = {
  microphone: "micrófono",
  camera: "cámara",
  screen: "pantalla",
};
const articles: Record<string, string> = { microphone: "el", camera: "la", screen: "la" };
const source = (d: Details) =>
  `${articles[String(d.source)] ?? "el"} ${sources[String(d.source)] ?? String(d.source)}`;
const of = (d: Details) => source(d).replace(/^el /, "del ").replace(/^la /, "de la ");
const passive = (by: string | null) => (by === null ? "" : ` (${by})`);

const LABELS: Record<string, string> = {
  phase: "Empieza la fase",
  study: "Estudio",
  site: "Lugar",
  condition: "Condición",
};

const events: Record<string, Sentence> = {
  SessionOpened: () => "Se abrió la sala de espera",
  SessionStarted: () => "Empezó la sesión",
  SessionEnded: () => "Terminó la sesión",
  PersonInvited: (who) => `Invitación para ${who}`,
  InviteExtended: (who) => `Se dio más tiempo al enlace de ${who}`,
  InviteRevoked: (who, by) => `Se retiró el enlace de ${who}${passive(by)}`,
  InviteReissued: (who) => `Nuevo enlace para ${who}`,
  PersonNamed: (who) => `Se dio un nombre para ${who}`,
  PersonUnnamed: (who) => `Se retiró el nombre de ${who}: se parecía al de un profesional`,
  LanguageChanged: (who) => `Se cambió el idioma de ${who}`,
  PersonArrived: (who) => `${who} abrió el enlace`,
  ConnectionLost: (who) => `${who} perdió la conexión`,
  ConnectionRestored: (who) => `${who} tiene conexión`,
  ConnectionTested: (who) => `${who} probó la conexión`,
  PersonReady: (who) => `${who} espera`,
  PersonAdmitted: (who, by) => `Se admitió a ${who}${passive(by)}`,
  StaffJoined: (who) => `${who} entró en la sesión`,
  PersonDeclined: (who, by) => `Se rechazó a ${who}${passive(by)}`,
  PersonLetWait: (who, by) => `Se dejó esperar de nuevo a ${who}${passive(by)}`,
  PersonSentBack: (who, by) => `Se devolvió a la sala de espera a ${who}${passive(by)}`,
  PersonRemoved: (who, by) => `Se retiró de la sesión a ${who}${passive(by)}`,
  PersonPaused: (who, by) => `Se puso en pausa a ${who}${passive(by)}`,
  PersonResumed: (who, by) => `Se hizo volver a ${who}${passive(by)}`,
  PersonLeft: (who, _, d) =>
    d.cause === "connection"
      ? `${who} no volvió a tiempo`
      : d.cause === "revoked"
        ? `${who} salió porque se retiró el enlace`
        : `${who} salió`,
  MediaPublished: (who, _, d) =>
    d.source === "screen"
      ? `${who} comparte una pantalla`
      : `${who} ofrece ${source(d)}${d.muted === true ? ", sin activar" : ""}`,
  MediaUnpublished: (who, by, d) =>
    d.source === "screen"
      ? `${who} ya no comparte una pantalla${passive(by)}`
      : `${who} retiró ${source(d)}`,
  MediaMuted: (who, by, d) =>
    d.source === "microphone"
      ? `Se silenció a ${who}${passive(by)}`
      : `Se apagó ${source(d)} de ${who}${passive(by)}`,
  MediaUnmuted: (who, _, d) => `${who} activó ${source(d)}`,
  MediaAsked: (who, by, d) => `Se pidió a ${who} que activara ${source(d)}${passive(by)}`,
  AskAnswered: (who, _, d) =>
    `${who} respondió ${d.accepted === true ? "que sí" : "que no"} acerca ${of(d)}`,
  ChatSent: (who, _, d) => `${who} escribió: ${message(Number(d.characters ?? 0))}`,
  ChatKept: (who, _, d) =>
    typeof d.text === "string" ? `${who} escribió: ${d.text}` : `Se guardó el mensaje de ${who}`,
  CaptionSent: (who, _, d) =>
    `Subtítulo de ${who}, ${count(Number(d.characters ?? 0), "carácter", "caracteres")}`,
  IdentityVerified: (who, by) => `Se comprobó la identidad de ${who}${passive(by)}`,
  IdentityUnverified: (who, by) => `Se retiró la comprobación de ${who}${passive(by)}`,
  ArrivalAnnounced: (_, by, d) =>
    typeof d.minutes === "number"
      ? `${by ?? "El profesional"} prometió llegar en ${count(d.minutes, "minuto", "minutos")}`
      : `${by ?? "El profesional"} retiró la hora prometida`,
  MarkPlaced: (_, __, d) => marked(String(d.label ?? ""), d.note),
  EndAnnounced: (_, __, d) =>
    `Se avisó a todos: quedan ${count(Number(d.minutes ?? 0), "minuto", "minutos")}`,
  RecordExported: (_, __, d) =>
    `Se exportó el registro (${d.form}${d.texts === true ? ", con nombres y textos" : ""})`,
};

/** Some marks say which phase begins, or what the session belongs to. */
function marked(label: string, note: unknown): string {
  const [, key, value] = /^(phase|study|site|condition)\s*:\s*(.+)$/is.exec(label) ?? [];
  const word = key === undefined ? "Marca" : (LABELS[key.toLowerCase()] ?? "Marca");
  const said = `${word}: ${value ?? label}`;
  return typeof note === "string" ? `${said} (${note})` : said;
}

function message(characters: number): string {
  return `mensaje, ${count(characters, "carácter", "caracteres")}`;
}

export const es: Words = {
  language: "es",
  spoken,
  share,
  number,

  region: "Repetición de una sesión",
  title: "Sesión",
  replay: "repetición",
  nothingKept: "No se guardan sonido ni imagen",
  withNames: "Con nombres y textos",
  verified: (rows) => `Comprobado · ${count(rows, "registro", "registros")}`,
  verifiedHint: "Al hacer esta repetición, el registro era lo que se había escrito.",
  key: (key) => `Clave del diario: ${key}`,
  unverified: "Sin comprobar",
  unfinished: "El registro todavía no tiene final.",
  empty: "Este registro no tiene ningún suceso que mostrar.",
  loading: "Cargando la repetición…",
  silent: "Todavía no hay nada que mostrar. Ejecute la celda de nuevo para cargar la repetición.",
  newer: "Esta repetición es de una versión más nueva. Actualice telehealth_widget para verla.",
  failed: "No se pudo mostrar la repetición.",

  play: "Reproducir",
  pause: "Pausa",
  playback: "Reproducción",
  time: "Tiempo",
  timeOf: (time, end) => `${time} de ${end}`,
  speed: "Velocidad",
  times: (speed) => `${number(speed)} ×`,
  nextEvent: "Suceso siguiente",
  previousEvent: "Suceso anterior",
  nextMarker: "Marca siguiente",
  previousMarker: "Marca anterior",
  noMore: "No hay ninguno en esa dirección.",
  at: (time, what) => `${time}. ${what}`,

  rangeStart: "El tramo empieza aquí",
  rangeEnd: "El tramo termina aquí",
  loop: "Repetir el tramo",
  clearRange: "Quitar el tramo",
  range: (from, to) => `Tramo: de ${from} a ${to}`,

  talk: "Tiempo de palabra",
  silence: "silencio",

  timeline: "Línea de tiempo",
  phases: "Fases",
  markers: "Marcas",
  legend: "Colores de la línea de tiempo",
  lanes: {
    waiting: "en espera",
    admitted: "en la sesión",
    paused: "en pausa",
    speaking: "habla",
    muted: "sin micrófono",
    camera: "con cámara",
    screen: "comparte pantalla",
    poor: "mala conexión",
    away: "sin conexión",
  },
  lasted: (what, time) => `${what}: ${time}`,
  never: "no estuvo",

  panels: "Acerca de la sesión",
  eventsTab: "Sucesos",
  attendeesTab: "Asistentes",
  chatTab: "Mensajes",
  commentsTab: "Comentarios",
  events: "Sucesos",
  search: "Buscar sucesos",
  person: "Persona",
  everybody: "Todas",
  show: "Mostrar",
  groups: {
    people: "Personas",
    media: "Sonido e imagen",
    chat: "Mensajes",
    marks: "Marcas",
    session: "Sesión",
  },
  found: (n, all) =>
    n === all
      ? count(n, "suceso", "sucesos")
      : `${number(n)} de ${count(all, "suceso", "sucesos")}`,
  noneFound: "Ningún suceso coincide.",
  earlier: (n) => `Mostrar ${count(n, "suceso anterior", "sucesos anteriores")}`,
  later: (n) => `Mostrar ${count(n, "suceso posterior", "sucesos posteriores")}`,
  nobody: "En ese momento no había nadie.",

  message,
  say: events,
  other: (name, who) =>
    `Suceso ${name.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase()}${who === "" ? "" : `: ${who}`}`,
  system: "el servidor",

  comments: "Comentarios",
  noComments: "Todavía no hay comentarios.",
  commentHint: "Se guardan en un archivo junto al registro, nunca en él.",
  commentHintOffline:
    "Se guardan en esta página hasta que se cierre. Descárguelos para conservarlos.",
  commentOn: (time) => `Comentario sobre ${time}`,
  addComment: "Añadir comentario",
  addingComment: "Esperando al cuaderno…",
  commentFailed: "No se pudo guardar el comentario.",
  download: "Descargar los comentarios",
  downloadName: "comentarios.jsonl",

  shortcuts: "Teclado",
  shortcutsOn: "Teclas sueltas manejan la repetición",
  keys: [
    ["Espacio", "reproducir o pausa"],
    ["← →", "un segundo atrás o adelante"],
    ["Re Pág, Av Pág", "diez segundos atrás o adelante"],
    ["Inicio, Fin", "principio y final"],
    ["N, P", "suceso siguiente y anterior"],
    ["M, Mayús + M", "marca siguiente y anterior"],
    ["[ ]", "el tramo empieza o termina aquí"],
    ["L", "repetir el tramo"],
    ["+ −", "más rápido, más lento"],
  ],
};

export default es;
