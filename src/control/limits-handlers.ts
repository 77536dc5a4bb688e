/** What the kernel's budgets and bindings of handlers end at, as schemas say it. */
export { MAX_MESSAGE_FUEL as MAX_FUEL, MAX_PASS_TO } from "../vcode/handler.js";
