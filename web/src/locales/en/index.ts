// All texts, by screen: what the others are compared with. The pages load them one by one.

import common from "./common.json";
import signin from "./signin.json";
import overview from "./overview.json";
import webhooks from "./webhooks.json";
import events from "./events.json";
import messages from "./messages.json";
import explain from "./explain.json";
import bins from "./bins.json";
import live from "./live.json";
import settings from "./settings.json";
import portal from "./portal.json";
import onboarding from "./onboarding.json";
import mistakes from "./mistakes.json";

export default {
  common,
  signin,
  overview,
  webhooks,
  events,
  messages,
  explain,
  bins,
  live,
  settings,
  portal,
  onboarding,
  mistakes,
};
