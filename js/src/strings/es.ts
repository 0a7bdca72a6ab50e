// Every word that people read or hear, in Spanish: neutral Latin American, with "usted".
// The words of the tray are short, since five of them share the width of a phone.
// A person's role and gender are not known, so the words avoid them: "su profesional", "Todo listo".
import type { DeviceProblem } from "../call/devices.ts";
import type { Step } from "../call/platform.ts";
import type { ErrorCode, Role } from "../protocol/types.ts";
import { door } from "./door/es.ts";
import type { Strings } from "./index.ts";
import { formats } from "./intl.ts";
import { room } from "./room/es.ts";

const { number, count, duration, minutes, about, time } = formats("es", "menos de un minuto");

const { language: _language, pageTitle, only: _only, ...first } = door;

const ROLES: Record<Role, string> = {
  client: "Cliente",
  provider: "Profesional",
  supervisor: "Supervisión",
};

const DEVICES = {
  camera: "su cámara",
  microphone: "su micrófono",
  both: "su cámara y su micrófono",
};

const NONE = {
  camera: "ninguna cámara",
  microphone: "ningún micrófono",
  both: "ninguna cámara ni ningún micrófono",
};

const problems: Record<Exclude<DeviceProblem, "missing">, (what: string) => string> = {
  insecure: () =>
    "La cámara y el micrófono necesitan una dirección segura (https). Pida a su profesional un enlace que empiece con https://.",
  unsupported: () =>
    "Este navegador no ofrece cámara ni micrófono aquí. Abra el enlace en una versión reciente de Chrome, Firefox, Edge o Safari.",
  frame: (what) =>
    `Esta página está dentro de otra que no le permite usar ${what}. Abra el enlace en su propia pestaña.`,
  inapp: (what) =>
    `Esta página está abierta dentro de otra aplicación que no le permite usar ${what}. Abra el enlace en su navegador.`,
  blocked: (what) =>
    `Esta página no tiene permiso para usar ${what}. Dé el permiso e inténtelo de nuevo.`,
  dismissed: (what) =>
    `La pregunta sobre ${what} se cerró sin un «sí». Inténtelo de nuevo y elija «Permitir».`,
  system: (what) =>
    `Los ajustes de su dispositivo impiden que el navegador use ${what}. Dé allí el permiso e inténtelo de nuevo.`,
  busy: (what) => `Otro programa u otra página está usando ${what}. Ciérrelo e inténtelo de nuevo.`,
  gone: (what) => `Se perdió la señal de ${what}. Vuelva a conectar el dispositivo o elija otro.`,
  unknown: (what) => `No fue posible usar ${what}. Inténtelo de nuevo o elija otro dispositivo.`,
};

const steps: Record<Step, (what: string, app: string) => string> = {
  again: () =>
    "Vuelva a esta página y pulse «Intentar de nuevo». Si se le pregunta, elija «Permitir».",
  reload: () => "Si no se le pregunta, vuelva a cargar esta página.",
  chromeSite: () =>
    "Haga clic en el símbolo a la izquierda de la dirección web (dos controles o una cámara).",
  edgeSite: () =>
    "Haga clic en el candado a la izquierda de la dirección web y luego en «Permisos para este sitio».",
  firefoxSite: () =>
    "Haga clic en la cámara o el micrófono tachado, a la izquierda de la dirección web.",
  firefoxClear: (what) => `Junto a ${what}, haga clic en la × de «Bloqueado».`,
  safariSite: () =>
    "En la barra de menús, arriba, abra Safari → «Configuración de este sitio web».",
  safariPhone: () =>
    "Toque el símbolo de página («aA») en la barra de direcciones y luego «Configuración del sitio web».",
  androidSite: () => "Toque el símbolo a la izquierda de la dirección web y luego «Permisos».",
  otherSite: () => "Abra los ajustes de la página, junto a la dirección web.",
  allowSite: (what) => `En ${what}, elija «Permitir».`,
  phoneApps: (_, app) => `Abra la aplicación Configuración y luego Apps → ${app}.`,
  androidApps: (_, app) => `Abra la aplicación Ajustes y luego Aplicaciones → ${app} → Permisos.`,
  switchOn: (what) => `Active ${what}.`,
  macPrivacy: (what) =>
    `Abra el menú Apple → Configuración del Sistema → Privacidad y seguridad → ${what}.`,
  macBrowser: (_, app) => `Active ${app}.`,
  windowsPrivacy: (what) => `Abra Inicio → Configuración → Privacidad y seguridad → ${what}.`,
  windowsApps: (what) => `Active el acceso a ${what}, también para aplicaciones de escritorio.`,
  chromeosPrivacy: () => "Abra Configuración → Privacidad y seguridad → Controles de privacidad.",
  otherPrivacy: () => "Abra la configuración de su sistema y luego Privacidad.",
  restart: () => "Si no funciona, cierre el navegador y abra su enlace otra vez.",
  plug: () => "Revise el cable o elija el dispositivo en la configuración de su sistema.",
  cover: () => "Revise si la computadora tiene un interruptor o una tecla que lo apague.",
  closeOthers: () =>
    "Cierre otros programas y pestañas que hagan llamadas, como Zoom, Teams o FaceTime.",
  replug: () => "Desconecte el dispositivo, espere un momento y vuelva a conectarlo.",
  appMenu: () => "Toque el menú (•••) o el símbolo de compartir en una esquina de la pantalla.",
  openSafari: () => "Elija «Abrir en Safari» o «Abrir en el navegador».",
  openChrome: () => "Elija «Abrir en Chrome» o «Abrir en el navegador».",
  copyLink: () =>
    "También puede copiar el enlace: manténgalo pulsado en su mensaje, elija «Copiar enlace» y péguelo en la barra de direcciones de su navegador.",
  ownTab: () => "Abra el enlace de su mensaje en una pestaña o ventana nueva.",
  update: () => "Actualice su navegador o abra el enlace en otro.",
};

/** Those that only whoever runs the server meets stay in the server's own words, which are more exact. */
const refusals: Partial<Record<ErrorCode, string>> = {
  NOT_PERMITTED: "Su función en esta sesión no permite hacer eso.",
  NOT_PROVIDER: "Solo una persona profesional puede hacer eso.",
  WRONG_PHASE: "Eso no es posible en este momento de la sesión.",
  SESSION_ENDED: "Esta sesión ya terminó.",
  UNKNOWN_PERSON: "No hay nadie en esta sesión con ese nombre, código o identificador.",
  AMBIGUOUS_PERSON: "Varias personas tienen ese nombre. Use un código o un identificador.",
  CODE_TAKEN: "Ese código ya es de otra persona o de un cliente simulado. Elija otro.",
  BAD_CODE:
    "Un código tiene de 1 a 32 letras, cifras, «-», «_» o «.», y empieza con una letra o una cifra. Palabras como «staff» no sirven.",
  BAD_NAME: "Un nombre tiene de 1 a 64 caracteres visibles.",
  NAME_MISSING: "Primero escriba su nombre.",
  NAME_OF_PROVIDER:
    "Ese nombre se parece demasiado al de su profesional. Escriba su propio nombre.",
  BAD_TEXT: "Escriba un texto que no sea demasiado largo ni tenga caracteres ocultos.",
  NO_MEDIA: "No hay una cámara, un micrófono o una pantalla así que se pueda activar o apagar.",
  SHARE_TAKEN:
    "Otra persona está compartiendo su pantalla. Pídale que termine y comparta la suya después.",
  SHARE_NOT_ALLOWED:
    "En esta sesión solo las personas profesionales comparten su pantalla. Pida a la suya que la muestre.",
  ROOM_FULL: "La sesión está llena. Alguien tiene que salir primero.",
  NOT_SEATED: "La llamada no está en esta ventana. Primero use «Traer la llamada aquí».",
  TOO_MANY: "Demasiados mensajes en poco tiempo. Espere un momento e inténtelo de nuevo.",
  TOO_LARGE: "Ese mensaje es demasiado grande. Acórtelo e inténtelo de nuevo.",
  MALFORMED: "No se entendió ese mensaje. Vuelva a cargar la página e inténtelo de nuevo.",
  LINK_UNKNOWN:
    "Este enlace no es válido. Revise que esté completo o pida uno nuevo a su profesional.",
  LINK_EXPIRED: "Este enlace venció. Pida uno nuevo a su profesional.",
  LINK_REVOKED: "Este enlace fue retirado. Pida uno nuevo a su profesional.",
  RESUME_REUSED: "Esta sesión está abierta en otra pestaña o ventana.",
  RESUME_UNKNOWN: "Abra otra vez el enlace de su profesional.",
  SEAT_TAKEN: "La llamada pasó a otra pestaña o ventana.",
  REMOVED: "Su profesional puso fin a su participación en esta sesión.",
  TOO_SLOW: "La conexión no fue lo bastante rápida. Conectando de nuevo.",
  LATE: "La conexión tardó demasiado en identificarse. Inténtelo de nuevo.",
  UNKNOWN_SESSION: "No existe esa sesión en este servidor.",
  JOURNAL_UNAVAILABLE:
    "No se puede escribir el registro, así que eso no se hizo. Inténtelo de nuevo más tarde.",
  JOURNAL_DAMAGED: "El registro de esta sesión está dañado.",
  SERVER_STOPPING:
    "El servidor se está iniciando o deteniendo. Se conectará de nuevo cuando esté listo.",
  TIMED_OUT: "No hubo respuesta a tiempo. Inténtelo de nuevo.",
};

export const es: Strings = {
  language: "es",
  pageTitle,
  retry: "Intentar de nuevo",
  cancel: "Cancelar",
  close: "Cerrar",
  dismiss: "Descartar",
  copy: "Copiar",
  copied: "Copiado",
  duration,
  time,

  person: {
    you: "Usted",
    withYou: (name) => `${name} (usted)`,
    yourProvider: "Su profesional",
    plain: ROLES,
    coded: (role, code) => `${ROLES[role]} ${code}`,
    role: { client: "cliente", provider: "profesional", supervisor: "observa" },
    simulated: "Simulado",
  },

  link: {
    connecting: "Conectando…",
    lost: "Se perdió la conexión. Conectando de nuevo…",
    lostLong:
      "Todavía no hay conexión. Revise que su wifi o sus datos móviles estén activados. Esta página sigue intentándolo.",
    lostLongHost:
      "Todavía no hay conexión. Revise que el servidor de Jupyter esté en marcha y que su sesión en él esté iniciada. Esta página sigue intentándolo.",
    callGoesOn: "La imagen y el sonido continúan mientras tanto.",
    now: "Intentar ahora",
    notConnected: "En este momento no hay conexión. Inténtelo de nuevo dentro de un momento.",
    noAnswer: "El servidor no respondió a tiempo. Inténtelo de nuevo.",
    failed: "Eso no funcionó. Inténtelo de nuevo.",
  },

  preparation: {
    ...first,
    introWith: (provider) => `Con ${provider}. ${first.intro}`,
    microphone: "Micrófono",
    hearing: "Le oímos",
    silent: "Diga algo",
    noMicrophone: "Sin micrófono",
    camera: "Cámara",
    speaker: "Altavoz",
    noneFound: "No se encontró ninguno",
    name: "Su nombre",
    nameHint: "Así aparecerá en la sesión.",
    nameMissing: "Primero escriba su nombre.",
    ready: "Todo listo",
    readying: "Un momento…",
    nobody: "Nadie le ve ni le oye hasta que su profesional le admita.",
  },

  problem: (device, problem) =>
    problem === "missing"
      ? `No se encontró ${NONE[device]}. Conecte el dispositivo o enciéndalo e inténtelo de nuevo.`
      : problems[problem](DEVICES[device]),
  insecureDesk:
    "La cámara y el micrófono necesitan una dirección segura: abra JupyterLab por https, o en este equipo en localhost.",

  remedy: {
    title: "Cómo resolverlo",
    what: { camera: "Cámara", microphone: "Micrófono", both: "Cámara y Micrófono" },
    browser: "su navegador",
    steps,
    inside: (app) => `Está dentro de ${app}.`,
  },

  reactions: {
    title: "Desactive las reacciones de la cámara",
    why: "Su dispositivo puede poner globos, corazones o fuegos artificiales en su imagen cuando usted mueve las manos.",
    mac: [
      "Haga clic en el icono verde de la cámara, en la barra de menús de arriba.",
      "Abra «Efectos de video».",
      "Desactive «Reacciones».",
    ],
    ios: [
      "Deslice hacia abajo desde la esquina superior derecha para abrir el Centro de control.",
      "Toque «Efectos de video» («Efectos» o «Controles», arriba).",
      "Desactive «Reacciones».",
    ],
    off: "Las reacciones están desactivadas para esta llamada.",
    gotIt: "Entendido",
  },

  refusals,

  devices: {
    title: "Audio y video",
    open: "Configurar audio y video",
    test: "Reproducir un sonido de prueba",
    testing: "Reproduciendo…",
    heard: "¿Lo oyó?",
    yes: "Sí",
    no: "No se oyó",
    fine: "Su altavoz funciona.",
    notHeard: "Suba el volumen o elija otro altavoz.",
    noTone: "Este navegador no pudo reproducir el sonido.",
    done: "Listo",
    changed: (label) => `Ahora se usa ${label}.`,
    plugged: (label) => `${label} ya está disponible.`,
    unplugged: (label) => `Se desconectó ${label}.`,
    paused: {
      camera: "Su dispositivo pausó la cámara. Los demás no ven imagen.",
      microphone: "Su dispositivo pausó el micrófono. Nadie le oye.",
      both: "Su dispositivo pausó la cámara y el micrófono. Nadie le ve ni le oye.",
    },
    resume: "Toque para reanudar",
    system: "La elección del sistema",
    without: {
      camera: "Seguir sin cámara",
      microphone: "Seguir sin micrófono",
      both: "Seguir sin ninguno",
    },
  },

  background: {
    label: "Fondo virtual",
    names: {
      none: "Ninguno",
      light: "Desenfoque leve",
      blur: "Desenfoque",
      wall: "Pared",
      books: "Libros",
      window: "Ventana",
      plants: "Plantas",
      hills: "Colinas",
      sea: "Mar",
      own: "Su propia imagen",
    },
    add: "Su propia imagen…",
    stays: "Su imagen no sale de este dispositivo y se olvida al cerrar esta página.",
    starting: "Preparando su fondo. Nadie le ve hasta que esté listo.",
    keepOff: "Dejar la cámara apagada",
    showRoom: "Mostrarme sin fondo",
    problems: {
      unsupported:
        "Este navegador no puede poner un fondo detrás de usted, así que su cámara está apagada. Nadie ve su habitación.",
      missing:
        "No se pudo cargar el fondo, así que su cámara está apagada. Nadie ve su habitación. Revise su conexión e inténtelo de nuevo.",
      damaged:
        "Un archivo del fondo llegó dañado, así que su cámara está apagada. Nadie ve su habitación. Si otro intento no ayuda, avise a su profesional.",
      slow: "Este dispositivo no da abasto con el fondo, así que se apagó su cámara. Nadie ve su habitación. Cerrar otros programas puede ayudar.",
      lost: "El fondo dejó de funcionar, así que se apagó su cámara. Nadie ve su habitación.",
    },
    refused: {
      format:
        "Ese archivo no es una imagen que se pueda usar aquí. Elija un archivo JPEG, PNG o WebP.",
      drawing: "Aquí no se puede usar un dibujo (SVG). Elija un archivo JPEG, PNG o WebP.",
      heavy: "Esa imagen ocupa más de 10 MB. Elija una más pequeña.",
      huge: "Esa imagen tiene demasiados píxeles: más de 12 000 por lado o 50 millones en total. Elija una más pequeña.",
      unreadable: "Esa imagen está dañada y no se puede mostrar. Elija otra.",
      unavailable: "Ahora no se pueden leer imágenes. Revise su conexión e inténtelo de nuevo.",
    },
  },
  test: {
    region: "Prueba de conexión",
    start: "Probar mi conexión",
    cancel: "Cancelar la prueba",
    hint: "Tarda unos 15 segundos: su línea con el servidor, su cámara y su micrófono.",
    queued: (n) =>
      `Ocupado por el momento: usted es el número ${number(n)}. Su prueba empieza por sí sola.`,
    stages: {
      connecting: "Conectando con el servidor…",
      delay: "Midiendo demora y pérdidas. Diga unas palabras…",
      upload: "Midiendo la velocidad de envío…",
      download: "Midiendo la velocidad de recepción…",
      devices: "Comprobando cámara y micrófono…",
    },
    failures: {
      busy: "Hay demasiadas pruebas en este momento. Vuelva a intentarlo en un minuto.",
      unavailable: "Aquí no está disponible la prueba. Puede continuar sin ella.",
      failed: "La prueba se interrumpió. Vuelva a intentarlo.",
      cancelled: "Prueba cancelada.",
    },
    verdicts: {
      good: "Buena conexión",
      fair: "Conexión regular",
      poor: "Mala conexión",
      blocked: "Bloqueado: imagen y sonido no llegan al servidor",
    },
    advice: {
      loss_up:
        "Se pierde parte de lo que usted envía. Acérquese al router del wifi o conéctese por cable.",
      loss_down:
        "Se pierde parte de lo que le llega. Acérquese al router del wifi o conéctese por cable.",
      slow_up:
        "El envío es lento. Detenga subidas y copias de seguridad, y cierre otros programas que usen la cámara.",
      slow_down: "La recepción es lenta. Cierre vídeos, descargas y otras pestañas en su red.",
      far: "Las respuestas tardan. Apague la VPN si usa una y deje una breve pausa después de hablar.",
      unsteady:
        "La línea es inestable. Acérquese al router del wifi o conéctese por cable, y cierre otros programas.",
      slow_camera:
        "Su cámara da pocas imágenes. Encienda más luz y cierre otros programas de este dispositivo.",
      silent: "El servidor no oyó nada de su micrófono. Compruebe que no esté apagado y diga algo.",
      no_path:
        "Pruebe otra red, como los datos móviles, apague la VPN o avise a su profesional. Aún puede escribir en el chat.",
    },
    soundOnly: "Si sigue así, detenga su vídeo en la sesión: el sonido solo necesita mucho menos.",
    details: "Cifras",
    figures: {
      route: "Camino",
      routes: { direct: "directo", reflexive: "directo, por su router", relayed: "retransmitido" },
      delay: "Ida y vuelta",
      jitter: "Variación",
      lossUp: "Perdido al enviar",
      lossDown: "Perdido al recibir",
      up: "Envío",
      down: "Recepción",
      cameraLabel: "Cámara",
      microphone: "Micrófono",
      speaker: "Altavoz",
      ms: (n) => `${number(n)} milisegundos`,
      percent: (n) => `${number(n)} por ciento`,
      rate: (kbps) => `${number(kbps)} kbit por segundo`,
      camera: (width, height, fps) => `${width} × ${height}, ${number(fps)} imágenes por segundo`,
      heard: (yes) => (yes ? "se oye" : "no se oye"),
    },
    brief: {
      loss_up: "pierde lo que envía",
      loss_down: "pierde lo que recibe",
      slow_up: "envío lento",
      slow_down: "recepción lenta",
      far: "mucha demora",
      unsteady: "inestable",
      slow_camera: "cámara lenta",
      silent: "micrófono no oído",
      no_path: "sin camino",
    },
    card: { good: "buena", fair: "regular", poor: "mala", blocked: "bloqueada" },
    onCard: (verdict, causes) => `Conexión ${verdict}${causes === "" ? "" : `: ${causes}`}`,
  },

  waiting: {
    status: "En espera de que su profesional le admita",
    since: (ms) => `Tiempo de espera: ${duration(ms)}.`,
    justNow: "Acaba de llegar.",
    providerHere: "Su profesional está aquí y sabe que usted espera.",
    providerAway: "Su profesional todavía no está aquí.",
    keepOpen:
      "Deje abierta esta página. Su cámara y su micrófono están apagados hasta que le admitan.",
    leave: "Salir",
    nameAgain:
      "Su nombre se parece al de su profesional. Escríbalo de modo que se distingan los dos.",
    giveName: "Guardar nombre",
    place: (n) => (n <= 1 ? "Usted sigue" : `Es el número ${number(n)} de la fila`),
    expected: (ms) =>
      ms <= 0
        ? "Su profesional le atenderá en breve"
        : `Su profesional espera atenderle en unos ${about(ms)}`,
  },

  paused: {
    status: "Su profesional pausó esta sesión y la reanudará en breve",
    off: "Su cámara y su micrófono están apagados. Cuando la sesión se reanude, usted volverá sin hacer nada.",
  },

  notice: {
    declined: "Su profesional no puede admitirle ahora",
    declinedBody: "Puede cerrar esta página. Si tiene preguntas, hable con su profesional.",
    removed: "Su participación en esta sesión terminó",
    removedBody: "Su cámara y su micrófono están apagados. Puede cerrar esta página.",
    reason: (reason) => `Su profesional escribe: ${reason}`,
    left: "Usted salió de la sesión",
    leftBody: "Su cámara y su micrófono están apagados. Puede cerrar esta página.",
    again: "Entrar de nuevo",
    openAgain: "Abra su enlace otra vez",
    openAgainBody:
      "Esta página olvidó a qué sesión pertenece. Abra otra vez el enlace de su profesional: está en su correo, mensaje de texto o recordatorio.",
    linkTitle: "Este enlace no abre ninguna sesión",
    otherTab: "Esta sesión está abierta en otra pestaña o ventana",
    otherTabBody: "Puede continuar allí o traerla aquí.",
    moved: "La llamada pasó a otra pestaña o ventana",
    movedBody: "La cámara y el micrófono de esta página están apagados.",
    useHere: "Usarla aquí",
    refused: "No se puede abrir esta sesión",
  },

  stage: {
    session: "Sesión",
    open: "Sala de espera abierta",
    live: "En sesión",
    ended: "Terminada",
    elapsed: (text) => `En sesión · ${text}`,
    alone: "Aquí no hay nadie más.",
    aloneClient: "Ya está en la sesión. Su profesional le atenderá en un momento.",
    connecting: "Conectando…",
    trouble: "Mala conexión…",
    away: "Conectando de nuevo…",
    muted: "en silencio",
    cameraOff: "cámara apagada",
    speaking: "habla",
    observing: (name) => `${name} observa`,
    turnOnSound: "Activar el sonido",
    soundBlocked: "Su navegador deja el sonido apagado hasta que usted haga clic.",
    forcedMute:
      "Su profesional silenció su micrófono. Pulse «Activar voz» para que le oigan otra vez.",
    forcedVideo: "Su profesional apagó su video. Pulse «Poner video» para que le vean otra vez.",
    fullScreen: "Pantalla completa",
    exitFullScreen: "Salir de pantalla completa",
    notRecorded:
      "En este momento no se guarda nada: no se puede escribir el registro. La llamada continúa. Libere espacio en el disco.",
    unrecorded: "Eso tuvo efecto, pero no se pudo registrar.",
  },

  tray: {
    label: "Barra de acciones",
    mute: "Silenciar",
    unmute: "Activar voz",
    stopVideo: "Parar video",
    startVideo: "Poner video",
    attendees: "Asistentes",
    chat: "Chat",
    leave: "Salir de la sesión",
    leaveShort: "Salir",
    end: "Terminar la sesión",
    endShort: "Terminar",
    waiting: "en espera",
    unread: "sin leer",
  },

  lobby: {
    region: "Sesión de telesalud",
    join: "Entrar a la sesión",
    joining: "Entrando…",
    joinHint: "Enciende su cámara y su micrófono. Puede admitir personas sin entrar.",
    name: "Su nombre",
    nameHint: "Sus clientes ven este nombre.",
    moveHere: "Traer la llamada aquí",
    elsewhere: "Usted está en la llamada en otra pestaña, ventana o dispositivo.",
    elsewhereBody: "Aquí puede ver quién está, admitir, rechazar y escribir en el chat.",
    nobodyWaits: "Nadie espera.",
    nobodyIn: "Todavía no hay nadie en la sesión.",
    individual: "Sesión individual",
    group: "Sesión de grupo",
    problem: "No se puede mostrar la sala",
    otherVersion:
      "Esta página todavía usa una versión anterior de la sala. Vuelva a cargarla para usar la nueva.",
  },

  attendees: {
    region: "Asistentes",
    inSession: "En la sesión",
    waitingRoom: "Sala de espera",
    invited: "Personas invitadas",
    people: (n) => count(n, "persona", "personas"),
    admit: "Admitir",
    admitName: (name) => `Admitir a ${name}`,
    admitAll: "Admitir a todos",
    decline: "Rechazar",
    declineName: (name) => `Rechazar a ${name}`,
    reason: "Motivo (opcional)",
    reasonHint: (name) => `${name} lo leerá.`,
    waitingFor: (ms) => (ms < 60_000 ? "acaba de llegar" : duration(ms)),
    cameraOk: "cámara bien",
    audioOnly: "solo audio",
    noMedia: "cámara y micrófono apagados",
    noSound: "cámara bien, micrófono apagado",
    offline: "sin conexión",
    preparing: "se prepara",
    invitedState: "todavía no abre el enlace",
    left: "salió",
    paused: "en pausa",
    declined: "no se admitió",
    removed: "se retiró",
    resume: "Reanudar",
    resumeName: (name) => `Reanudar a ${name}`,
    letWait: "Dejar en espera",
    letWaitName: (name) => `Dejar a ${name} en espera`,
    revoked: "enlace retirado",
    nobodyInvited: "No hay invitaciones pendientes.",
    code: "Código",
    codeHint: "Un seudónimo para el registro, como P07.",
    invite: "Invitar",
    copyLink: (code) => `Copiar el enlace de ${code}`,
    copyLinkShort: "Copiar enlace",
    linkOf: (code) => `Enlace de ${code}`,
    linkCopied: (code) => `El enlace de ${code} está copiado. Envíelo solo a esta persona.`,
    linkShown: (code) => `Este es el enlace de ${code}. Envíelo solo a esta persona.`,
    verified: "Identidad verificada",
    notVerified: "Identidad sin verificar",
    verify: (name) => `Marcar como verificada la identidad de ${name}`,
    verifyShort: "Marcar como verificada",
    sound: "Sonido cuando alguien está en espera",
    sayWhen: "Avisar a quienes esperan",
    tell: "Avisar",
    minutes: (n) => `en ${minutes(n)}`,
    shortly: "Retirar el aviso",
    noTime: "Sin hora indicada",
    told: (ms) =>
      ms <= 0 ? "El tiempo indicado ya pasó" : `Se avisó: en ${minutes(Math.ceil(ms / 60_000))}`,
  },

  chat: {
    region: "Chat",
    log: "Mensajes",
    empty: "Todavía no hay mensajes.",
    to: "Enviar a",
    choose: "Elija quién lo lee",
    gone: "La persona a quien escribía ya no está. Elija quién lee su mensaje.",
    everyone: "Todos en la sesión",
    waitingRoom: "Todos en la sala de espera",
    staff: "Solo el equipo",
    message: "Mensaje",
    send: "Enviar",
    privateNote: "solo usted y el equipo",
    groupNote: "lo ven todos en la sala de espera",
    toEveryone: "a todos",
    toWaiting: "a la sala de espera",
    toStaff: "al equipo",
    toYou: "a usted",
    toPerson: (name) => `a ${name}`,
    hint: "Intro envía; Mayús + Intro empieza otra línea.",
  },

  room,

  dialogs: {
    endTitle: "¿Terminar la sesión para todos?",
    endBody: "Todos salen y el enlace deja de funcionar. Esto no se puede deshacer.",
    end: "Terminar la sesión",
    endedTitle: "La sesión terminó",
    lasted: (ms) => `Duró ${duration(ms)}.`,
    notStarted: "No se admitió a nadie.",
    endedBy: "Su profesional terminó la sesión para todos.",
    endedByYou: "La sesión terminó para todos.",
    endedOff: "Su cámara y su micrófono están apagados. Puede cerrar esta página.",
    endedOffHost: "Su cámara y su micrófono están apagados. El registro queda con la sesión.",
  },

  announce: {
    joined: (name) => `${name} entró a la sesión.`,
    left: (name) => `${name} salió de la sesión.`,
    waits: (name) => `${name} está en espera.`,
    message: (name, text) => `Mensaje de ${name}: ${text}`,
    mutedByProvider: "Su profesional silenció su micrófono.",
    videoStoppedByProvider: "Su profesional apagó su video.",
    back: "Hay conexión otra vez.",
  },
};

export default es;
