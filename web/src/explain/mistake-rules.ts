// What the server says is wrong with a field, recognized by its words: which of our texts says the
// same, with the names, limits and places that were named. The words are those of the sources in
// `crates`; what no rule knows is shown as the server says it.

import type common from "@/locales/en/common.json";
import type mistakes from "@/locales/en/mistakes.json";

type Mistakes = typeof mistakes;

export type ThingKey = `thing.${keyof Mistakes["thing"]}`;
export type MistakeKey = Exclude<keyof Mistakes, "thing"> | `common:field.${keyof (typeof common)["field"]}`;

/** Words and the text for them. A rule without a text says nothing of its own: what counts is its `reason`.

    Groups are the text's variables. `reason` is a mistake itself, and `wanted`, `found` and `part` are
    things; `marked` has names between marks, which are listed as `what`. */
export type Rule<Key> = readonly [RegExp, Key];

const NAME = "'(?<name>.+)'";

export const MISTAKES: readonly Rule<MistakeKey | null>[] = [
  // Places, and what is said about a part of something.
  [/^line (?<line>\d+), column (?<column>\d+): (?<reason>.+)$/s, "common:field.place"],
  [/^(cannot be (called|sent)|(timestamp )?header|template|prefix): (?<reason>.+)$/s, null],
  [/^make a (?<part>\w+) that is refused: (?<reason>.+)$/s, "recipe"],
  [/^is no name of an event type: it (?<reason>.+)$/s, "eventName"],

  // Documents of events.
  [/^expected an OpenAPI document of version 3/, "openapi"],
  [/^is missing: it is what events are read from$/, "noWebhooks"],
  [/^cannot be read: (?<text>.+)$/s, "unreadable"],
  [/^refers to another document/, "otherDocument"],
  [/^refers to (something that the document does not have|a schema that is not under )/, "noReference"],
  [/^is no JSON Schema/, "noSchema"],

  // Missing.
  [/^must not be empty, nor begin or end with white space$/, "edges"],
  [/^and password must not both be empty$/, "bothEmpty"],
  [/^(must not be empty|is missing\b|there is no expression$|at least one secret is needed)/, "common:field.required"],

  // Limits.
  [/^must be between (?<min>-?\d+) and (?<max>\d+)$/, "common:field.number"],
  [/^a status is a number from (?<min>\d+) to (?<max>\d+)$/, "common:field.number"],
  [/^must be at most (?<max>\d+), as the server has it$/, "atMost"],
  [/^(must have|a script has) at most (?<max>\d+) characters$/, "common:field.long"],
  [/^a script has at least (?<min>\d+) characters$/, "short"],
  [/^(must have|an endpoint's headers have) at most (?<max>\d+) bytes, (keys|names) and values together$/, "bytesTogether"],
  [/^an endpoint's headers have at most (?<max>\d+) bytes$/, "bytesTogether"],
  [/^must have at most (?<max>\d+) bytes$/, "bytes"],
  [/^(the [\w ]+ is |is )?longer than (?<max>\d+) bytes$/, "bytes"],
  [/^(has|all schemas together, .+ have) more than (?<max>\d+) bytes/s, "bytes"],
  [/^makes a header of more than (?<max>\d+) bytes$/, "headerBytes"],
  [/^must have (?<min>\d+) to (?<max>\d+) items$/, "items"],
  [/^(must have|an endpoint has) at most (?<max>\d+) (items|entries|secrets|headers)$/, "many"],
  [/^there are \d+ headers, an answer has at most (?<max>\d+)$/, "many"],
  [/^at most (?<max>\d+) secrets can be used at a time/, "many"],
  [/^has more than (?<max>\d+) (certificates|fields|webhooks)$/, "many"],
  [/^has too many (entries|items)$/, "tooMany"],
  [/^((this is )?nested|arrays and objects nest) deeper than (?<max>\d+) levels$/, "deepLevels"],
  [/nested too deeply$/, "deep"],

  // Names and texts.
  [/^may contain letters a-z, digits, (?<marked>.+) only$/, "characters"],
  [/^must not begin with `(?<what>.+)`, as ids do$/, "prefix"],
  [/^(must be one of|expected) (?<names>(`[^`]+`|-?\d+)((, | or )(`[^`]+`|-?\d+))+)$/, "oneOf"],
  [/^((must not contain|contains|has a) control character|control characters in a string)/, "control"],
  [/(must not contain the character U\+0000|a NUL character)$/, "nul"],
  [/^(is given more than once|is in the list already|has two event types of the same name)/, "common:field.duplicate"],
  [/^(this uid is taken already|(a message with this eventId|an event type of this name) exists already)$/, "taken"],
  [/^expected a date and time like /, "date"],
  [/^expected `(?<prefix>.+)` followed by 27 letters and digits$/, "id"],
  [/^is neither an id nor a uid$/, "reference"],
  [/^lies after the end of the payload's retention$/, "tooLate"],
  [/^cannot be a template: /, "noTemplate"],
  [/^cannot be this in a bin that was made without an account$/, "publicBin"],

  // Events and what else is named.
  [/^there is no event type of this name$/, "common:field.eventType"],
  [/^this event type is archived$/, "archived"],
  [/^`\*` stands alone or after a dot/, "star"],
  [/^there is no such operational event; there are `(?<names>.+)`$/s, "operational"],
  [/the catalogue does not have those that the recipe suggests$/, "recipeEvents"],
  [/^there is no such application$/, "noApplication"],
  [/^there is no such endpoint$/, "noWebhook"],

  // Addresses.
  [/^the URL must begin with http/, "common:field.urlScheme"],
  [/^(requests must not go to|the address is blocked)/, "common:field.private"],
  [/^the URL contains white space or control characters$/, "urlSpace"],
  [/^(the URL's host or port is not valid|port 0 cannot be connected to)/, "urlHost"],
  [/^the URL contains a user name or password|^expected an absolute http or https URL without user/, "urlUser"],
  [/^the URL contains a fragment/, "urlFragment"],
  [/^scheme, host and port must be written out/, "urlTemplate"],
  [/^(the URL has no host|is not a URL|no request can be made to this URL|cannot be sent in a request)/, "common:field.url"],
  [/^the URL contains characters that cannot be sent/, "common:field.url"],

  // Requests and answers.
  [/^(a header('s)? name has |is not the name of a header|its name cannot be that of a header)/, "headerName"],
  [/^this header is set by the (sender|server)/, "headerTaken"],
  [/^(browsers keep this header for the whole host|this header is (an order to the proxy|the server's))/, "headerShared"],
  [/^a header('s)? value has /, "headerValue"],
  [/^must be a content type/, "contentType"],
  [/^(expected a method such as|not a method$)/, "method"],
  [/^an answer with status (?<status>\d+) has no body$/, "noBody"],
  [/^(must be|expected) a JSON object/, "jsonObject"],
  [/^is not valid JSON: (?<reason>.+)$/s, "common:field.json"],
  [/^something follows the JSON value$/, "follows"],
  [/^the endpoint has secrets that would be sent along/, "exposed"],

  // Secrets and credentials.
  [/^secret (?<number>\d+):? (?<reason>.+)$/s, "secretAt"],
  [/^is empty$/, "common:field.required"],
  [/^is not an endpoint's signing secret of Stripe/, "stripeSecret"],
  [/^is not an application's public key of Discord/, "discordKey"],
  [/^a `whsec_` secret has (?<min>\d+) to (?<max>\d+) bytes, this one has (?<number>\d+)$/, "secretBytes"],
  [/^(a secret is `whsec_`|a `whsk_` key has|the public half of this|this is a public key)/, "secretForm"],
  [/^a secret's name has .+ at most (?<max>\d+) characters$/s, "secretName"],
  [/^has a part other than \{timestamp\}/, "signParts"],
  [/^has no \{body\}/, "signBody"],
  [/^has \{timestamp\}, but no timestamp header is named$/, "signNoHeader"],
  [/^has no \{timestamp\}/, "signNoTimestamp"],
  [/^must be visible ASCII characters without spaces/, "ascii"],
  [/^must not contain a colon/, "colon"],
  [/(in PEM form|^is not valid PEM)/, "pem"],
  [/^does not belong to the first certificate$/, "keyMismatch"],
  [/^number (?<number>\d+) is not an X\.509 certificate$/, "certificateAt"],
  [/^(is not an X\.509 certificate|contains something else than certificates)$/, "notCertificate"],
  [/^is not an RSA, ECDSA or Ed25519 key$/, "notKey"],
  [/^contains a private key/, "keyInCertificate"],
  [/^is protected by a passphrase/, "passphrase"],
  [/^has more than one private key$/, "manyKeys"],

  // Filters.
  [/^unknown variable '(?<name>.+?)'; did you mean '(?<hint>.+?)'\?; a filter sees (?<names>.+)$/, "unknownVariableHint"],
  [/^unknown variable '(?<name>.+?)'; a filter sees (?<names>.+)$/, "unknownVariable"],
  [/^unknown function '(?<name>.+?)'; did you mean '(?<hint>.+)'\?$/, "unknownFunctionHint"],
  [new RegExp(`^unknown function ${NAME}$`), "unknownFunction"],
  [new RegExp(`^${NAME} is called as (?<example>.+)$`), "calledAs"],
  [new RegExp(`^${NAME} takes (?<wanted>.+), not (?<number>\\d+)$`), "takes"],
  [new RegExp(`^${NAME} is given too many arguments$`), "tooManyArguments"],
  [/^'(?<name>\w+)' takes a new name and what to do with it/, "macro"],
  [/^'(?<name>\w+)' is a word of the language/, "word"],
  [/^'(?<name>.)' is not an operator; .+ is '(?<instead>..)'$/, "operator"],
  [/^this string is not closed|^this text is not closed by another|^the text ends within a string$/, "openString"],
  [/^this is neither a number nor a name$/, "neither"],
  [/^this number (has no place in 64 bits|is too large)/, "bigNumber"],
  [/^(this escape |no such escape)/, "escape"],
  [/^has\(…\) takes a field/, "has"],
  [/^in a filter, type is a variable/, "typeCall"],
  [/^not a usable regular expression: (?<text>.+)$/s, "regex"],

  // Templates.
  [/^there is no filter "(?<name>.+)": did you mean (?<hint>.+)\?$/, "unknownFilterHint"],
  [/^there is no filter "(?<name>.+)"$/, "unknownFilter"],
  [/^there is no such tag: did you mean (?<hint>.+)\?$/, "unknownTagHint"],
  [/^there is no such tag$/, "unknownTag"],
  [/^(?<name>\w+) takes (?<wanted>.+ argument\(s\)), here it has (?<number>\d+)$/, "takes"],
  [/^(?<name>\w+) has no argument of the name (?<argument>.+)$/, "noArgument"],
  [/^(this )?(?<open>.+) is never closed by (?<close>.+)$/, "neverClosed"],
  [/^(?<name>\w+) stands outside of a block that has it$/, "outside"],
  [/^(?<name>\w+) closes nothing here: (?<open>.+) is not open$/, "closesNothing"],
  [/^(a )?(?<name>\w+)( tag)? (is not offered|cannot stand in a liquid tag|writes HTML tables and is not offered)/, "notOffered"],
  [/^a comparison is written ==$/, "equality"],
  [/^a comparison can only stand in /, "comparison"],
  [/^a condition cannot have filters/, "conditionFilters"],
  [/^a range is written /, "range"],
  [/^this does not belong here: the end of the tag is expected$/, "tagEnd"],
  [/^the character (?<what>.+) has no meaning here$/s, "character"],

  // Scripts.
  [/^there is no function `handler`/, "noHandler"],
  [/^there is no code that could be enabled$/, "noCode"],
  [/^SyntaxError: unexpected token in expression: (?<text>.+)$/s, "scriptToken"],
  [/^SyntaxError: (?<text>.+)$/s, "scriptSyntax"],

  // What is expected instead of what.
  [/^expected (?<wanted>.+), found (?<found>.+)$/s, "expectedFound"],
  [/^expected (?<wanted>an? .+|true or false|base64)$/, "expected"],
  [/^the text ends where (?<wanted>.+) is expected$/, "expected"],
  [/^(?<wanted>in|reversed, limit: or offset:) is expected(: for item in items|, or the end of the tag)$/, "expected"],
  [/^(?<wanted>[^\s]+|an? .+|the name of .+|four .+) (is|are) expected(, such as if or for| after the dot)?$/, "expected"],
];

/** What is expected, or found, or made. */
export const THINGS: readonly Rule<ThingKey>[] = [
  [/^a text$/, "thing.text"],
  [/^a string$/, "thing.text"],
  [/^a whole number$/, "thing.wholeNumber"],
  [/^a whole number, at least 0$/, "thing.wholeNumberFrom0"],
  [/^a number$/, "thing.number"],
  [/^a number above 0$/, "thing.positive"],
  [/^true or false$/, "thing.boolean"],
  [/^an object$/, "thing.object"],
  [/^a list$/, "thing.list"],
  [/^a list of at least one schema$/, "thing.schemas"],
  [/^a JSON value$/, "thing.jsonValue"],
  [/^a comma or (?<symbol>.)$/, "thing.commaOr"],
  [/^a name in double quotes$/, "thing.quotedName"],
  [/^a colon$/, "thing.colon"],
  [/^a digit$/, "thing.digit"],
  [/^a value$/, "thing.value"],
  [/^an operator or the end$/, "thing.operator"],
  [/^a name( after '\.')?$/, "thing.nameAfterDot"],
  [/^'(?<symbol>.+)' to close '\('$/, "thing.closing"],
  [/^'(?<symbol>.+)' or ','$/, "thing.symbolOrComma"],
  [/^'(?<name>\w+)' \(write '(?<instead>.+)'\)$/, "thing.instead"],
  [/^the end$/, "thing.end"],
  [/^the name of a filter$/, "thing.filterName"],
  [/^the name of a variable$/, "thing.variableName"],
  [/^the name of a tag$/, "thing.tagName"],
  [/^in$/, "thing.forIn"],
  [/^reversed, limit: or offset:$/, "thing.forOption"],
  [/^no argument$/, "thing.none"],
  [/^(?<number>\d+|one) argument(s|\(s\))?$/, "thing.arguments"],
  [/^(?<min>\d+) to (?<max>\d+) argument(s|\(s\))$/, "thing.argumentsTo"],
  [/^URL$/, "thing.url"],
  [/^header$/, "thing.header"],
  [/^body$/, "thing.body"],
  [/^filter$/, "thing.filter"],
  [/^credential$/, "thing.credential"],
];

export interface Told<Key> {
  key: Key;
  values: Record<string, string>;
}

/** The first rule that knows the words. */
export function told<Key>(rules: readonly Rule<Key>[], words: string): Told<Key> | null {
  for (const [pattern, key] of rules) {
    const match = pattern.exec(words);
    if (match) return { key, values: { ...match.groups } };
  }
  return null;
}
