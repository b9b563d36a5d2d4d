// The parts of the settings. The address has the one that is shown.

export const SETTINGS_TABS = ["applications", "keys", "operational", "data", "about"] as const;

export type SettingsTab = (typeof SETTINGS_TABS)[number];

export function isSettingsTab(text: unknown): text is SettingsTab {
  return (SETTINGS_TABS as readonly unknown[]).includes(text);
}
