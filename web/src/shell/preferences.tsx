import { useTranslation } from "react-i18next";
import { chooseLanguage, currentLanguage, type Language, LANGUAGES } from "@/i18n";
import { Icon, type IconName } from "@/ui/icon";
import { chooseTheme, type Theme, useTheme } from "./theme";

interface ChoiceProps {
  icon: IconName;
  label: string;
  value: string;
  choices: Record<string, string>;
  onChoose: (value: string) => void;
}

/** A list of choices behind an icon. */
function Choice({ icon, label, value, choices, onChoose }: ChoiceProps) {
  return (
    <span className="relative inline-flex size-9 items-center justify-center rounded-lg text-muted focus-within:outline-2 focus-within:outline-accent hover:bg-sunken hover:text-ink">
      <Icon name={icon} />
      <select
        aria-label={label}
        title={label}
        value={value}
        onChange={(event) => onChoose(event.target.value)}
        className="absolute inset-0 appearance-none bg-transparent text-transparent outline-none [&>option]:bg-surface [&>option]:text-ink"
      >
        {Object.entries(choices).map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </span>
  );
}

/** Language and appearance. */
export function Preferences() {
  const { t } = useTranslation();
  const theme = useTheme();
  const themes = { system: t("theme.system"), light: t("theme.light"), dark: t("theme.dark") };
  return (
    <div className="flex">
      <Choice
        icon="globe"
        label={t("language")}
        value={currentLanguage()}
        choices={LANGUAGES}
        onChoose={(value) => void chooseLanguage(value as Language)}
      />
      <Choice
        icon="theme"
        label={t("theme.label")}
        value={theme}
        choices={themes}
        onChoose={(value) => chooseTheme(value as Theme)}
      />
    </div>
  );
}
