/** The other thread of bench-datagrams.ts: tells its port. */
import { parentPort } from "node:worker_threads";
import { echoDatagrams } from "./bench-datagrams.js";

const { port } = await echoDatagrams();
parentPort?.postMessage(port);
