// node --import kill-at-step.js …: the process kills itself instead of its MCBOT_KILL_AT-th step on a file: a write, a flush
// or a rename. A kill at a chosen place, on any machine, however busy.

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

let left = Number(process.env.MCBOT_KILL_AT);

for (const name of ["writeSync", "fsyncSync", "renameSync"]) {
  const original = fs[name];
  fs[name] = (...args) => {
    if (--left === 0) process.kill(process.pid, "SIGKILL");
    return original(...args);
  };
}
syncBuiltinESMExports();
