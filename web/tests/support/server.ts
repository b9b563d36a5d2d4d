// The real binary as a child process, with a store of its own and on a free port.

import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SECRET = "browser-tests-sign-with-this-0123456789abcdef";
const START_MS_MAX = 30_000;

/** The organization that a server has before anybody made one. */
export const ORGANIZATION = "org_00000000000000000000default";

function binary(): string {
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
  return process.env.HOOKWIRE_BIN ?? join(target, "debug", "hookwire");
}

/** The environment without settings of Hookwire's. */
function cleanEnvironment(extra: Record<string, string>): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith("HOOKWIRE_"),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: "1", HOOKWIRE_JWT_SECRET: SECRET, ...extra };
}

export interface ServerOptions {
  /** Further flags of `hookwire serve`. */
  args?: string[];
  /** Settings. */
  env?: Record<string, string>;
}

export class Server {
  private process: ChildProcess | null = null;
  private text = "";
  url = "";

  private constructor(
    private readonly directory: string,
    private readonly options: ServerOptions,
  ) {}

  static async start(options: ServerOptions = {}): Promise<Server> {
    const directory = await mkdtemp(join(tmpdir(), "hookwire-web-"));
    const server = new Server(directory, { args: ["--dev"], ...options });
    await server.begin();
    return server;
  }

  /** Starts it, on the port that it had before. */
  async begin(): Promise<void> {
    const port = this.url ? new URL(this.url).port : "0";
    const store = join(this.directory, "hookwire.db");
    const args = ["serve", "--listen", `127.0.0.1:${port}`, "--store", `sqlite:${store}`, ...(this.options.args ?? [])];
    const child = spawn(binary(), args, {
      cwd: this.directory,
      env: cleanEnvironment(this.options.env ?? {}),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = child;
    this.text = "";
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`hookwire ${why}:\n${this.text}`));
      const timer = setTimeout(() => fail("did not start in time"), START_MS_MAX);
      const read = (chunk: Buffer) => {
        this.text += chunk.toString();
        const found = /listening on (http:\/\/\S+)/.exec(this.text);
        if (!found?.[1]) return;
        this.url = found[1];
        clearTimeout(timer);
        resolve();
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.on("error", (error) => fail(`cannot be started (${error.message})`));
      child.on("exit", (code) => fail(`ended with ${code ?? "a signal"}`));
    });
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const child = this.process;
    this.process = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  /** Ends it for good and removes what it kept. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** What it has said on its standard output and error. */
  get log(): string {
    return this.text;
  }

  /** A token for the whole organization. */
  get token(): string {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const signed = `${encode({ typ: "JWT", alg: "HS256" })}.${encode({ sub: ORGANIZATION })}`;
    return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
  }

  /** Asks the API; throws what is not 2xx. */
  async api<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}
