#!/usr/bin/env node
/** Where the command line begins as it ships: this file takes the place of `main.js`, which it finds in the bundle. */
import { fileURLToPath } from "node:url";
import { Bundle } from "./bundle.js";
import * as failure from "./failure.js";

// InputError is one class for the bundle and for the commands outside of it.
new Bundle(fileURLToPath(new URL(".", import.meta.url)), new Map([["./failure.js", failure]])).load("main.cjs");
