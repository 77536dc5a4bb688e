/**
 * Who we are: the address's #token=… is exchanged once for a cookie and then cleared from the address,
 * so that it is in no history, bookmark or screenshot. The token is kept nowhere on the page.
 */
import { signal } from "@preact/signals";
import { connect } from "./feed.js";
import { RequestError, request, words } from "./http.js";

export type Session =
  | { readonly state: "opening" | "open" }
  | { readonly state: "closed"; readonly error: string | null };

export const session = signal<Session>({ state: "opening" });

/** Called once, when the page is there. */
export async function begin(): Promise<void> {
  const token = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (token !== undefined) {
    history.replaceState(null, "", `${location.pathname}${location.search}`);
    return signIn(token);
  }
  // A cookie of an earlier visit may still be good.
  try {
    await request("GET", "replays/current");
  } catch (error) {
    if (error instanceof RequestError && error.status === 401) {
      session.value = { state: "closed", error: null };
      return;
    }
  }
  enter();
}

/** Exchanges a token, or a whole link that was pasted, for a session. */
export async function signIn(text: string): Promise<void> {
  const token = text.trim().replace(/^.*#token=/, "");
  try {
    await request("POST", "session", { json: { token } });
    enter();
  } catch (error) {
    const refused = error instanceof RequestError && error.status >= 400 && error.status < 500 && error.status !== 429;
    // One that was good once is told what became of it.
    const unknown = refused && !error.code.startsWith("E_CAPABILITY");
    session.value = {
      state: "closed",
      error: unknown ? "This token is not the one of the running appliance." : words(error),
    };
  }
}

function enter(): void {
  session.value = { state: "open" };
  connect((why) => {
    const reason = why === "" ? "the appliance was started anew or the token has changed" : why;
    session.value = { state: "closed", error: `The session is over: ${reason}.` };
  });
}
