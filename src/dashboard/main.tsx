/** The page: address, keys, session, and then the frame. */
// Before the chart library is loaded: see there.
import "./locale.js";
import { render } from "preact";
import { watchAddress } from "./address.js";
import { App } from "./frame/app.js";
import { watchKeys } from "./keys.js";
import { watchPointer } from "./lit.js";
import { begin } from "./session.js";
import "./style/tokens.css";
import "./style/frame.css";
import "./style/parts.css";
import "./style/views.css";
import "./style/trace.css";
import "./style/environments.css";
import "./style/trie.css";
import "./style/handlers.css";
import "./style/handler-run.css";
import "./style/packets.css";

void begin();
watchAddress();
watchKeys();
watchPointer();
const root = document.getElementById("page");
if (root === null) throw new Error("index.html has no element #page");
render(<App />, root);
