/** Who may ask a server: this machine's user, or whoever has the token. */
import { createHash, timingSafeEqual } from "node:crypto";

/** Names of this machine for itself. */
const LOOPBACK = ["localhost", "127.0.0.1", "::1", "[::1]"];

/** True for an address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host);
}

/**
 * True if a request names this machine as its host: a page from elsewhere that has its own name
 * point here (DNS rebinding) does not.
 *
 * @param header The `Host` header, e.g. `localhost:7077`.
 */
export function namesLoopback(header: string | undefined): boolean {
  return header !== undefined && isLoopback(header.replace(/:\d+$/, ""));
}

/** A token that cannot be guessed, for addresses. */
export function makeToken(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

/** Compares tokens in a time that does not depend on where they differ. */
export function isToken(given: string | undefined, token: string): boolean {
  if (given === undefined) return false;
  const hash = (text: string): Uint8Array => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(token));
}

/**
 * Headers of every answer: the page runs its own scripts and styles, shows its own pictures, and
 * loads nothing from elsewhere.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};
