import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionQuery, signOut } from "@/api/session";
import { IconButton } from "@/ui/button";
import { Icon } from "@/ui/icon";

/** Ends the session. */
export function SignOut() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    await signOut();
    queries.clear();
    queries.setQueryData(sessionQuery.queryKey, null);
    await navigate({ to: "/sign-in" });
  };
  return (
    <IconButton label={t("signOut")} onClick={() => void leave()}>
      <Icon name="leave" />
    </IconButton>
  );
}
