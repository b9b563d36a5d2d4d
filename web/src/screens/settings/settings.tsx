import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page } from "@/ui/page";
import { Tabs } from "@/ui/tabs";
import { AboutTab } from "./about";
import { ApplicationsTab } from "./applications";
import { DataTab } from "./data";
import { KeysTab } from "./keys";
import { OperationalTab } from "./operational";
import { SETTINGS_TABS, type SettingsTab } from "./tab";

const route = getRouteApi("/signed-in/settings");

const CONTENTS: Record<SettingsTab, () => React.ReactNode> = {
  applications: () => <ApplicationsTab />,
  keys: () => <KeysTab />,
  operational: () => <OperationalTab />,
  data: () => <DataTab />,
  about: () => <AboutTab />,
};

export function Settings() {
  const { t } = useTranslation("settings");
  const { tab = "applications" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title={t("title")}>
      <Tabs
        label={t("title")}
        value={tab}
        onChange={(next) => void navigate({ search: (search) => ({ ...search, tab: next as SettingsTab }), replace: true })}
        tabs={SETTINGS_TABS.map((value) => ({ value, label: t(`tab.${value}`), content: CONTENTS[value]() }))}
      />
    </Page>
  );
}
