import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { appName, applicationsQuery, DEFAULT_APPLICATION } from "@/api/applications";
import { useScope } from "@/scope";
import { Select } from "@/ui/field";

/** Chooses the application that the screens show. Not there while there is only one: a single team
    need not know that there are applications. */
export function ApplicationSwitch() {
  const { t } = useTranslation();
  const { app } = useScope();
  const navigate = useNavigate();
  const { data } = useInfiniteQuery(applicationsQuery);
  const applications = data?.pages.flatMap((page) => page.data) ?? [];
  const isAlone = applications.every((it) => it.uid === DEFAULT_APPLICATION);
  if (isAlone && app === DEFAULT_APPLICATION) return null;
  const isListed = applications.some((it) => appName(it) === app);
  const choose = (next: string) => navigate({ to: ".", search: (search) => ({ ...search, app: next }) });
  return (
    <div className="px-4">
      <Select label={t("application")} className="w-full" value={app} onChange={(event) => void choose(event.target.value)}>
        {!isListed && <option value={app}>{app}</option>}
        {applications.map((it) => (
          <option key={it.id} value={appName(it)}>
            {it.name}
          </option>
        ))}
      </Select>
    </div>
  );
}
