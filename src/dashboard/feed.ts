/**
 * The WebSocket /api/v1/live: frames into the store, and when it is lost, again with growing pauses
 * (0.5 s to 8 s). The first frame of a connection is the whole picture, so nothing is resumed by us.
 */
import { type ClientFrame, PROTOCOL_VERSION, type ServerFrame } from "../control/protocol.js";
import { RequestError, request } from "./http.js";
import { tell } from "./notices.js";
import { apply, connection } from "./store.js";
import { applyTrace, beginTrace } from "./trace.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
/** Ticks come ten times a second; silence for this long is a lost connection that TCP has not noticed. */
const SILENCE_MS = 5_000;

let socket: WebSocket | null = null;
let pause = FIRST_PAUSE_MS;
let retry = 0;
let lastFrame = 0;
let onRefused: (why: string) => void = () => {};
/** Somebody looks at the trace. */
let traced = false;

/**
 * Connects, and stays connected. `refused` is called where the server no longer knows this browser, or shows it nothing; `why` are
 * the server's words, "" where it has none.
 */
export function connect(refused: (why: string) => void): void {
  onRefused = refused;
  pause = FIRST_PAUSE_MS;
  open();
}

export function retryNow(): void {
  clearTimeout(retry);
  open();
}

function open(): void {
  socket?.close();
  const address = new URL("api/v1/live", document.baseURI);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.hash = "";
  const ours = new WebSocket(address);
  socket = ours;
  ours.onmessage = (event) => {
    if (socket === ours && typeof event.data === "string") receive(event.data);
  };
  ours.onclose = ({ reason }) => {
    if (socket === ours) void lost(reason);
  };
}

function receive(text: string): void {
  // The decoder of frames: the server is ours and of this version, which the picture proves.
  const frame = JSON.parse(text) as ServerFrame;
  lastFrame = Date.now();
  if (frame.type === "picture") {
    if (frame.version !== PROTOCOL_VERSION) return outdated();
    pause = FIRST_PAUSE_MS;
    if (traced && connection.value.state !== "live") askForTrace();
    connection.value = { state: "live" };
  }
  if (frame.type === "notice") tell(frame.level, frame.text);
  else if (frame.type === "trace") applyTrace(frame);
  else apply(frame);
}

function outdated(): void {
  const ours = socket;
  socket = null;
  ours?.close();
  connection.value = { state: "outdated" };
}

/** `reason`: what the server said as it closed the socket. */
async function lost(reason: string): Promise<void> {
  socket = null;
  const wait = pause;
  pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
  connection.value = { state: "lost", since: lastFrame, retryAt: Date.now() + wait };
  retry = window.setTimeout(open, wait);
  // A browser does not tell why an upgrade was refused; a plain request does.
  try {
    await request("GET", "replays/current");
  } catch (error) {
    if (!(error instanceof RequestError) || (error.status !== 401 && error.status !== 403)) return;
    clearTimeout(retry);
    onRefused(error.status === 403 ? error.message : reason);
  }
}

/** Events of the trace come from here on, those that are kept first; or no more. */
export function watchTrace(on: boolean): void {
  traced = on;
  if (on) askForTrace();
  else say({ type: "trace", on: false });
}

function askForTrace(): void {
  beginTrace();
  say({ type: "trace", on: true });
}

function say(frame: ClientFrame): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

// After the page was hidden, what was missed is not worth replaying: the whole picture is.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") say({ type: "resync" });
});

setInterval(() => {
  if (connection.value.state === "live" && Date.now() - lastFrame > SILENCE_MS) socket?.close();
}, 1_000);
