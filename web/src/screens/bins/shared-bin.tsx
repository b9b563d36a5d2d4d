// A bin for whoever has a link to it: it can be looked at, and changed by those who made it.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { type BinRights, binQuery } from "@/api/bins";
import { setBearer } from "@/api/client";
import { Problem } from "@/api/problem";
import { sessionQuery } from "@/api/session";
import { Page } from "@/ui/page";
import { Empty, Loaded } from "@/ui/states";
import { Ago } from "@/ui/time";
import { BinAddress } from "./bin-address";
import type { Link } from "./link";
import { BinViewer } from "./viewer";

// Whoever only looks does not need it.
const BinActions = lazy(async () => ({ default: (await import("./bin-actions")).BinActions }));

function Over({ children }: { children: ReactNode }) {
  const { t } = useTranslation("bins");
  return (
    <Page title={t("shared.title")}>
      <Empty icon="link" title={t("shared.over")}>
        {children}
      </Empty>
    </Page>
  );
}

/** What the token that somebody came with lets them do. */
function rightsOf(kind: string | undefined): BinRights {
  return { change: kind === "bin", send: false };
}

/** The bin of a link. */
export function SharedBin({ link }: { link: Link }) {
  const { t } = useTranslation("bins");
  const queries = useQueryClient();
  // Before anything is asked.
  useState(() => setBearer(link.token));
  const session = useQuery({ ...sessionQuery, retry: false });
  const query = useQuery(binQuery(link.binId));
  const [clears, setClears] = useState(0);
  const [isDeleted, setDeleted] = useState(false);

  if (isDeleted) return <Over>{t("shared.deleted")}</Over>;
  const { kind } = Problem.from(query.error);
  if (query.isError && (kind === "signedOut" || kind === "notFound" || kind === "forbidden")) {
    return <Over>{t("shared.overText")}</Over>;
  }
  const may = rightsOf(session.data?.kind);
  const bin = query.data;
  return (
    <Page
      title={bin?.name ?? t("shared.title")}
      description={bin && <>{may.change ? t("shared.own") : t("shared.looking")} {t("expires")} <Ago at={bin.expiresAt} /></>}
      actions={
        bin &&
        may.change && (
          <Suspense>
            <BinActions
              bin={bin}
              may={may}
              onCleared={() => setClears(clears + 1)}
              onDeleted={() => {
                queries.clear();
                setDeleted(true);
              }}
            />
          </Suspense>
        )
      }
    >
      <Loaded query={query}>
        {(bin) => (
          <>
            <BinAddress bin={bin} />
            <BinViewer key={`${bin.id} ${clears}`} bin={bin} may={may} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
