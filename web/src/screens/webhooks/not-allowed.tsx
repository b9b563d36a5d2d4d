import { useTranslation } from "react-i18next";
import { Page } from "@/ui/page";
import { Empty } from "@/ui/states";
import { BackToList } from "./back";

/** Instead of a screen that changes webhooks, for whoever may only look. */
export function NotAllowed({ title }: { title: string }) {
  const { t } = useTranslation("webhooks");
  return (
    <Page title={title} above={<BackToList />}>
      <Empty icon="key" title={t("notAllowed.title")}>
        {t("notAllowed.text")}
      </Empty>
    </Page>
  );
}
