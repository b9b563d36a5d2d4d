// <hookwire-portal app="app_…" token="appsk_…"></hookwire-portal>: the customer portal within a page
// of yours. Load this file as a module from your Hookwire server:
//
//   <script type="module" src="https://hooks.example/portal.js"></script>
//
// Attributes: `app` and `token` (from POST /api/v1/auth/app-portal-access/{app}), `server` (where
// Hookwire answers; by default where this script came from), `language` (such as `ko`), `theme`
// (`light`, `dark`, `system`). Colours are CSS variables of the element: `--hookwire-accent` and so
// on. It is as high as its content. Events: `ready`, and `expired` when a new token is needed; set
// the attribute then, and it goes on.

const SERVER = new URL(import.meta.url).origin;

const COLORS = [
  "page",
  "surface",
  "sunken",
  "line",
  "line-strong",
  "ink",
  "muted",
  "accent",
  "accent-ink",
  "accent-soft",
  "radius",
];

// Lower than this there is nothing to see, and higher is no page.
const HEIGHT_PX_MIN = 200;
const HEIGHT_PX_MAX = 20_000;

class HookwirePortal extends HTMLElement {
  static observedAttributes = ["app", "token", "server", "language", "theme"];

  #shadow = this.attachShadow({ mode: "open" });
  #frame = null;

  #hear = (event) => {
    if (event.source !== this.#frame?.contentWindow || event.origin !== this.#server) return;
    const { type, heightPx } = event.data ?? {};
    if (type === "hookwire:height" && Number.isFinite(heightPx)) {
      const height = Math.min(Math.max(heightPx, HEIGHT_PX_MIN), HEIGHT_PX_MAX);
      this.#frame.style.height = `${height}px`;
    }
    if (type === "hookwire:expired") this.dispatchEvent(new CustomEvent("expired", { bubbles: true }));
    if (type === "hookwire:ready") this.dispatchEvent(new CustomEvent("ready", { bubbles: true }));
  };

  get #server() {
    return new URL(this.getAttribute("server") ?? SERVER).origin;
  }

  connectedCallback() {
    const frame = document.createElement("iframe");
    frame.title = this.getAttribute("title") ?? "Webhooks";
    frame.allow = "clipboard-write";
    frame.referrerPolicy = "no-referrer";
    Object.assign(frame.style, { display: "block", width: "100%", height: "600px", border: "0" });
    this.#frame = frame;
    this.#shadow.replaceChildren(frame);
    window.addEventListener("message", this.#hear);
    this.#show();
  }

  disconnectedCallback() {
    window.removeEventListener("message", this.#hear);
  }

  attributeChangedCallback(name) {
    if (!this.#frame) return;
    // A new token goes to the page as it is; everything else begins it anew.
    if (name === "token") this.#renew();
    else this.#show();
  }

  #fragment() {
    const values = new URLSearchParams();
    for (const name of ["app", "token", "language", "theme"]) {
      const value = this.getAttribute(name);
      if (value) values.set(name, value);
    }
    const style = window.getComputedStyle(this);
    for (const name of COLORS) {
      const value = style.getPropertyValue(`--hookwire-${name}`).trim();
      if (value) values.set(name, value);
    }
    return values;
  }

  #show() {
    if (!this.getAttribute("app") || !this.getAttribute("token")) return;
    this.#frame.src = `${this.#server}/portal#${this.#fragment()}`;
  }

  #renew() {
    if (!this.#frame.src) {
      this.#show();
      return;
    }
    const message = { type: "hookwire:enter", fragment: this.#fragment().toString() };
    this.#frame.contentWindow?.postMessage(message, this.#server);
  }
}

customElements.define("hookwire-portal", HookwirePortal);
