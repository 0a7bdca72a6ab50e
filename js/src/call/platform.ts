// Which system and browser this page runs in, and which steps there mend a camera or microphone. Pure, but for
// `thisPlatform`. Nothing else may depend on it: what a browser can do is asked of the browser.
import type { DeviceProblem } from "./devices.ts";

export type System =
  | "mac"
  | "windows"
  | "ios"
  | "android"
  | "linux"
  | "chromeos"
  /** Not recognised. */
  | "other";

export type Browser =
  | "chrome"
  | "edge"
  | "firefox"
  | "safari"
  | "samsung"
  /** A web view inside another app, which often has no camera. */
  | "inapp"
  | "other";

export interface Platform {
  readonly system: System;
  readonly browser: Browser;
  /** The app around the web view, where it says so. */
  readonly host: string | null;
}

/** What a browser tells about itself; `navigator` fits. */
export interface Agent {
  readonly userAgent?: string;
  readonly platform?: string;
  readonly maxTouchPoints?: number;
  /** Of `navigator.userAgentData`, where there is one. */
  readonly brands?: readonly string[];
}

const HOSTS: readonly (readonly [string, RegExp])[] = [
  ["Instagram", /\bInstagram\b/],
  ["Messenger", /MessengerForiOS|MessengerLite|Orca-Android|FB_IAB\/(Orca|MESSENGER)/],
  ["Facebook", /\b(FBAN|FBAV|FB_IAB)\b/],
  ["WhatsApp", /\bWhatsApp\b/],
  ["LinkedIn", /\bLinkedInApp\b/],
  ["LINE", /\bLine\/\d/],
  ["WeChat", /\bMicroMessenger\b/],
  ["TikTok", /musical_ly|BytedanceWebview|\btrill_|\bTikTok\b/],
  ["Snapchat", /\bSnapchat\b/],
  // The Google app; Gmail opens its links there too.
  ["Google", /\bGSA\//],
];

const BROWSERS: readonly (readonly [Browser, RegExp])[] = [
  ["edge", /\bEdg(e|A|iOS)?\/|Microsoft Edge/],
  ["samsung", /\bSamsungBrowser\/|Samsung Internet/],
  ["other", /\bOPR\/|\bOPT\/|\bOpera\b|\bYaBrowser\/|\bVivaldi\/|\bDuckDuckGo\//],
  ["firefox", /\b(Firefox|FxiOS)\//],
  ["chrome", /\b(HeadlessChrome|Chrome|Chromium|CriOS)\/|Google Chrome/],
  ["safari", /\bVersion\/\S+ .*\bSafari\//],
];

export function platformOf(agent: Agent): Platform {
  const userAgent = agent.userAgent ?? "";
  const system = systemOf(userAgent, agent.platform ?? "", agent.maxTouchPoints ?? 0);
  const host = HOSTS.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? null;
  if (host !== null || isWebView(userAgent, system)) return { system, browser: "inapp", host };
  const said = [userAgent, ...(agent.brands ?? [])].join(" ");
  const browser = BROWSERS.find(([, pattern]) => pattern.test(said))?.[0] ?? "other";
  return { system, browser, host: null };
}

function systemOf(userAgent: string, platform: string, touchPoints: number): System {
  if (/\b(iPhone|iPad|iPod)\b/.test(userAgent)) return "ios";
  if (/\bAndroid\b/.test(userAgent)) return "android";
  // An iPad that asks for desktop pages says that it is a Mac; no Mac has a touch screen.
  if (/\bMacintosh\b/.test(userAgent)) return touchPoints > 1 ? "ios" : "mac";
  if (/\bWindows\b/.test(userAgent)) return "windows";
  if (/\bCrOS\b/.test(userAgent)) return "chromeos";
  // Likewise Android: desktop Linux in words, a phone's processor in truth.
  if (touchPoints > 1 && /^Linux (arm|aarch)/.test(platform)) return "android";
  return /\b(Linux|X11)\b/.test(userAgent) ? "linux" : "other";
}

function isWebView(userAgent: string, system: System): boolean {
  if (system === "android") return /; wv\)/.test(userAgent);
  return system === "ios" && /AppleWebKit/.test(userAgent) && !/\bSafari\//.test(userAgent);
}

/** One step of a remedy. The words are in the catalogue under the same name. */
export type Step =
  | "again"
  | "reload"
  | "chromeSite"
  | "edgeSite"
  | "firefoxSite"
  | "firefoxClear"
  | "safariSite"
  | "safariPhone"
  | "androidSite"
  | "otherSite"
  | "allowSite"
  | "phoneApps"
  | "androidApps"
  | "switchOn"
  | "macPrivacy"
  | "macBrowser"
  | "windowsPrivacy"
  | "windowsApps"
  | "chromeosPrivacy"
  | "otherPrivacy"
  | "restart"
  | "plug"
  | "cover"
  | "closeOthers"
  | "replug"
  | "appMenu"
  | "openSafari"
  | "openChrome"
  | "copyLink"
  | "ownTab"
  | "update";

/** What to do, in this order; empty where the sentence alone says it. Two to four steps otherwise. */
export function stepsFor(problem: DeviceProblem, { system, browser }: Platform): readonly Step[] {
  switch (problem) {
    case "blocked":
      return [...siteSteps(system, browser), "again"];
    case "dismissed":
      // These two remember a "no" until the page is loaded anew.
      return browser === "safari" || browser === "firefox" || system === "ios"
        ? ["again", "reload"]
        : ["again", ...siteSteps(system, browser).slice(0, 1)];
    case "system":
      return [...systemSteps(system), "again", ...(system === "mac" ? (["restart"] as const) : [])];
    case "missing":
      return system === "ios" || system === "android"
        ? ["again", "restart"]
        : ["plug", "cover", "again"];
    case "busy":
      return ["closeOthers", "again", "restart"];
    case "gone":
      return system === "ios" || system === "android" ? ["again"] : ["replug", "again"];
    case "unknown":
      return ["again", "reload", "restart"];
    case "inapp":
      return ["appMenu", system === "ios" ? "openSafari" : "openChrome", "copyLink"];
    case "frame":
      return ["ownTab", "copyLink"];
    case "unsupported":
      return ["update", "copyLink"];
    case "insecure":
      return [];
  }
}

function siteSteps(system: System, browser: Browser): readonly Step[] {
  if (system === "ios") {
    return browser === "safari" ? ["safariPhone", "allowSite"] : ["phoneApps", "switchOn"];
  }
  if (system === "android" && browser !== "other") return ["androidSite", "allowSite"];
  switch (browser) {
    case "chrome":
      return ["chromeSite", "switchOn"];
    case "edge":
      return ["edgeSite", "allowSite"];
    case "firefox":
      return ["firefoxSite", "firefoxClear"];
    case "safari":
      return ["safariSite", "allowSite"];
    default:
      return ["otherSite", "allowSite"];
  }
}

function systemSteps(system: System): readonly Step[] {
  switch (system) {
    case "mac":
      return ["macPrivacy", "macBrowser"];
    case "windows":
      return ["windowsPrivacy", "windowsApps"];
    case "ios":
      return ["phoneApps", "switchOn"];
    case "android":
      return ["androidApps", "switchOn"];
    case "chromeos":
      return ["chromeosPrivacy", "switchOn"];
    default:
      return ["otherPrivacy", "switchOn"];
  }
}

export function thisPlatform(): Platform {
  const { userAgentData } = navigator as Navigator & {
    userAgentData?: { brands?: readonly { brand: string }[] };
  };
  return platformOf({
    userAgent: navigator.userAgent,
    platform: navigator.platform,
    maxTouchPoints: navigator.maxTouchPoints,
    brands: userAgentData?.brands?.map(({ brand }) => brand) ?? [],
  });
}
