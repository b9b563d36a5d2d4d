import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Code } from "@/ui/code";
import { Page } from "@/ui/page";

/** Instead of a screen that threw. */
export function Crash({ error: cause }: { error: unknown }) {
  const { t } = useTranslation();
  const error = cause instanceof Error ? cause : new Error(String(cause));
  return (
    <Page
      title={t("problem.unexpected")}
      description={t("problem.crash")}
      actions={
        <Button look="primary" onClick={() => location.reload()}>
          {t("problem.reload")}
        </Button>
      }
    >
      <Code label={t("problem.details")} text={`${error.message}\n${error.stack ?? ""}`} />
    </Page>
  );
}
