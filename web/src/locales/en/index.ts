// All texts of this language, by screen.

import common from "./common.json";
import signin from "./signin.json";
import overview from "./overview.json";
import webhooks from "./webhooks.json";
import events from "./events.json";
import messages from "./messages.json";
import bins from "./bins.json";
import live from "./live.json";
import settings from "./settings.json";
import portal from "./portal.json";
import onboarding from "./onboarding.json";

export default {
  common,
  signin,
  overview,
  webhooks,
  events,
  messages,
  bins,
  live,
  settings,
  portal,
  onboarding,
};
