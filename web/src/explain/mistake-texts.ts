// The texts about mistakes. They are fetched when a form is first shown: what everybody loads first
// does not even know their files.

import { files } from "@/i18n/texts";

Object.assign(files, import.meta.glob<object>("../locales/*/mistakes.json", { import: "default" }));
