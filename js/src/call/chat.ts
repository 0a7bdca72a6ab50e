// Chat as this page has it: in memory alone, never stored. Pure.
import type { Chat } from "../protocol/types.ts";
import type { ChatLine } from "./room.ts";

export const CHAT_KEPT = 500;

/** A message that came before (the server repeats after a reload) changes nothing. */
export function addLine(
  chat: readonly ChatLine[],
  message: Chat,
  me: string | null,
): readonly ChatLine[] {
  if (chat.some((line) => line.id === message.id)) return chat;
  const line: ChatLine = {
    id: message.id,
    person: message.person,
    to: message.to,
    text: message.text,
    atMs: message.at_ms,
    name: message.name ?? null,
    role: message.role === "provider" || message.role === "supervisor" ? message.role : "client",
    earlier: message.earlier ?? false,
    own: message.person === me,
  };
  return [...chat, line].slice(-CHAT_KEPT);
}
