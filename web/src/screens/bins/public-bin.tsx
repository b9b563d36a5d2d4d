// A bin for somebody without an account, where the operator permits such bins.

import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { createPublicBin } from "@/api/bins";
import { Problem } from "@/api/problem";
import { Button } from "@/ui/button";
import { Icon } from "@/ui/icon";
import { Page } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { Empty } from "@/ui/states";
import { fragmentOf } from "./link";

export function PublicBin() {
  const { t } = useTranslation("bins");
  const make = useMutation({
    mutationFn: createPublicBin,
    // The address is the only way back to it. The page notices that it is another one now.
    onSuccess: ({ id, token }) => location.replace(fragmentOf({ binId: id, token })),
  });
  const isForbidden = make.isError && Problem.from(make.error).kind === "notFound";
  return (
    <Page title={t("public.title")} description={t("public.description")}>
      {isForbidden ? (
        <Empty icon="bins" title={t("public.forbidden")} action={<a href="/bins" className="text-accent underline">{t("public.signIn")}</a>}>
          {t("public.forbiddenText")}
        </Empty>
      ) : (
        <Empty
          icon="bins"
          title={t("public.make")}
          action={
            <Button look="primary" busy={make.isPending} icon={<Icon name="plus" className="size-4" />} onClick={() => make.mutate()}>
              {t("new")}
            </Button>
          }
        >
          {t("public.text")}
        </Empty>
      )}
      {make.isError && !isForbidden && <ProblemNote problem={make.error} onTryAgain={() => make.mutate()} />}
    </Page>
  );
}
