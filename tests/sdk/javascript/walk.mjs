// Walks through the whole API by the official JavaScript SDK; what each step does says
// ../steps.txt.

import { World, walk } from "./walker.mjs";

// In the order of the walk; each module adds its steps when it is loaded.
import "./operational.mjs";
import "./event-types.mjs";
import "./applications.mjs";
import "./endpoints.mjs";
import "./messages.mjs";
import "./attempts.mjs";
import "./recovery.mjs";
import "./polling.mjs";
import "./access.mjs";

process.exitCode = await walk(new World());
