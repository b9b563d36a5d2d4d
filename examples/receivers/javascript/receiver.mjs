// Keeps each signed webhook once, answers, and works on it afterwards; one process to a directory.
import * as fs from "node:fs";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";

const { WEBHOOK_SECRET, WEBHOOK_LISTEN = "127.0.0.1:9000", WEBHOOK_DATA = "inbox" } = process.env;
const webhook = new Webhook(WEBHOOK_SECRET);
for (const name of ["done", "came"]) fs.mkdirSync(`${WEBHOOK_DATA}/${name}`, { recursive: true });
process.chdir(`${WEBHOOK_DATA}/came`); // Here is a file for each event, in ../done one when it is.
const directory = fs.openSync(".");
let queue = Promise.resolve(); // One after the other; only their names wait in memory.
async function work(id, event) { // Yours. After a crash it begins again: twice must do no harm.
  await new Promise((go) => setTimeout(go, 1000 * (process.env.WEBHOOK_WORK_SECONDS ?? 0)));
  console.log("worked", id, JSON.stringify(event));
}
function later(id) { // What fails is tried again in a minute; until then the others.
  queue = queue.then(() => work(id, JSON.parse(fs.readFileSync(id))))
    .then(() => fs.writeFileSync(`../done/${id}`, ""))
    .catch((error) => { console.log("failed", id, error.message); setTimeout(later, 60_000, id); });
}
fs.readdirSync(".").filter((id) => !fs.existsSync(`../done/${id}`)).forEach(later);
createServer(async (request, response) => {
  let status = 401; // The bytes as they came; what was signed over 5 minutes ago is refused, too.
  try {
    const body = request.headers["content-length"] <= 1_000_000 ? await buffer(request) : "";
    webhook.verify(body, request.headers, { jsonParse: false });
    status = 503; // Until it is kept. Nothing comes between these lines: all are synchronous.
    const id = encodeURIComponent(request.headers["webhook-id"]);
    if (!fs.existsSync(id)) {
      fs.writeFileSync("../draft", body, { flush: true });
      fs.renameSync("../draft", id); // All of it or nothing, even if the power is lost.
      later(id);
      fs.fsyncSync(directory);
    }
    status = 204;
  } catch (error) { console.log(status, error.message); }
  response.writeHead(status).end();
}).listen(...WEBHOOK_LISTEN.split(":").reverse());
