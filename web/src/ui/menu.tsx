// A menu that a button opens. Most visits open none: what shows it is loaded when somebody points at
// the button, focuses or presses it.

import {
  cloneElement,
  type ComponentProps,
  createContext,
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  useContext,
  useId,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import type { ItemProps, OpenedBy } from "./menu-view";
import { toast } from "./toast";

type View = typeof import("./menu-view");

const Shown = createContext<View | null>(null);

interface Props {
  trigger: ReactElement<ComponentProps<"button">>;
  align?: "start" | "end";
  children: ReactNode;
}

/** A menu that a button opens. */
export function Menu({ trigger, align = "end", children }: Props) {
  const { t } = useTranslation();
  const [view, setView] = useState<View | null>(null);
  const [button, setButton] = useState<HTMLButtonElement | null>(null);
  // From the press on, while the view may still be on its way.
  const [openedBy, setOpenedBy] = useState<OpenedBy | null>(null);
  const id = useId();
  const isShown = openedBy !== null && view !== null;

  const load = async () => setView(await import("./menu-view"));
  const prepare = () => void load().catch(() => undefined);
  const open = (by: OpenedBy) => {
    setOpenedBy(by);
    load().catch(() => {
      setOpenedBy(null);
      toast(t("problem.offlineShort"));
    });
  };

  const press = ({ detail }: MouseEvent) => {
    if (openedBy) setOpenedBy(null);
    // Keys, and what helps people to press, have no clicks to count.
    else open(detail === 0 ? "key" : "pointer");
  };
  const pressKey = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    open("key");
  };

  return (
    <>
      {cloneElement(trigger, {
        ref: setButton,
        id,
        "aria-haspopup": "menu",
        "aria-expanded": isShown,
        "aria-controls": isShown ? `${id}menu` : undefined,
        "aria-busy": openedBy !== null && !isShown,
        onPointerEnter: prepare,
        onFocus: prepare,
        // Whoever has left meanwhile is not called back.
        onBlur: () => isShown || setOpenedBy(null),
        onClick: press,
        onKeyDown: pressKey,
      })}
      {view && button && (
        <Shown value={view}>
          <view.MenuView
            id={`${id}menu`}
            button={button}
            openedBy={openedBy}
            align={align}
            onClose={() => setOpenedBy(null)}
          >
            {children}
          </view.MenuView>
        </Shown>
      )}
    </>
  );
}

export function MenuItem(props: ItemProps) {
  const view = useContext(Shown);
  return view && <view.Item {...props} />;
}

export function MenuSeparator() {
  const view = useContext(Shown);
  return view && <view.Separator />;
}
