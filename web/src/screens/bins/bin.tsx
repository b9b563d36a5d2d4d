import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { binQuery } from "@/api/bins";
import { BackLink } from "@/ui/back-link";
import { Page } from "@/ui/page";
import { Loaded } from "@/ui/states";
import { Ago } from "@/ui/time";
import { BinActions } from "./bin-actions";
import { BinAddress } from "./bin-address";
import { Replay } from "./replay";
import { BinViewer } from "./viewer";

const ALL = { change: true, send: true };

/** A bin of the organization. */
export function Bin() {
  const { t } = useTranslation("bins");
  const { binId } = useParams({ from: "/signed-in/bins/$binId" });
  const navigate = useNavigate();
  const query = useQuery(binQuery(binId));
  const bin = query.data;
  // A bin that was emptied is looked at anew.
  const [clears, setClears] = useState(0);
  return (
    <Page
      title={bin?.name ?? t("bin")}
      above={<BackLink to="/bins">{t("title")}</BackLink>}
      description={bin && <>{t("expires")} <Ago at={bin.expiresAt} /></>}
      actions={
        bin && (
          <BinActions
            bin={bin}
            may={ALL}
            onCleared={() => setClears(clears + 1)}
            onDeleted={() => void navigate({ to: "/bins" })}
          />
        )
      }
    >
      <Loaded query={query}>
        {(bin) => (
          <>
            <BinAddress bin={bin} />
            <BinViewer
              key={`${bin.id} ${clears}`}
              bin={bin}
              may={ALL}
              message={(id) => (
                <Link to="/messages/$messageId" params={{ messageId: id }} className="font-mono text-xs text-accent underline">
                  {id}
                </Link>
              )}
              replay={(captureId) => <Replay binId={bin.id} captureId={captureId} />}
            />
          </>
        )}
      </Loaded>
    </Page>
  );
}
